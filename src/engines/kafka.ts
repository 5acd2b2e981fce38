// Apache Kafka (or Redpanda) as the event log: what the roles may ask of it.
export { makeTopics } from './kafka/topics.ts';
export { openKafkaPublisher, type KafkaPublisher } from './kafka/publisher.ts';
export { openKafkaBalanceFeed } from './kafka/balance-feed.ts';
