// A writer of the balance cache in a process of its own, so that a test can stop it. The book is the
// test's: a commit is asked for and answered before the balance is published, as with a database.
import { TestWriters, balanceOf, openPublisher } from '../../src/engines/redis/testing.ts';

const [url, writerId] = process.argv.slice(2);
const publisher = openPublisher(
  { REDIS: url, CACHE_TTL_MS: 5_000, CACHE_LEASE_MS: 300, CACHE_TIMEOUT_MS: 50 },
  new TestWriters().enter(writerId),
);
process.on('message', ({ accountId, version }: { accountId: string; version: number }) => {
  void publisher
    .publish([balanceOf(accountId, version)])
    .then(() => process.send!({ accountId, version }));
});
process.on('disconnect', () => void publisher[Symbol.asyncDispose]().then(() => process.exit()));
