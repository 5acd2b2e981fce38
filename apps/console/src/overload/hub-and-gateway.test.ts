import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GatewayLoadSheddingStats, HubLoadSheddingStats } from '@atlas/client';
import { gatewayCausesOf, gatewayReasons, refusedByGateway } from './gateway-refusals.ts';
import { hubCausesOf, hubReasons, refusedByHub } from './hub-refusals.ts';

const calm = { value: 0, limit: 1, over: false };
const floods: GatewayLoadSheddingStats['floods'] = {
  connections: 0,
  address_connections: 0,
  address_requests: 0,
  connection_requests: 0,
  idle_closed: 0,
  head_too_large: 0,
  slow_head: 0,
  slow_body: 0,
  malformed: 0,
};

/** As often for every reason. */
const hub = (times: number): HubLoadSheddingStats => ({
  node: 'n',
  connections: 5,
  connectionsLimit: 10,
  opened: 7,
  subscriptions: 9,
  calls: 100,
  shed: {
    connections: {
      replica_connections: times,
      user_connections: times,
      connections_full: times,
      admissions_full: times,
      admission_late: times,
    },
    subscriptions: {
      pressure: times,
      connection_subscriptions: times,
      user_subscriptions: times,
      snapshots_full: times,
      snapshots_late: times,
      overloaded: times,
      unavailable: times,
    },
    messages: { user_messages: times, posts_full: times },
  },
  firstBalances: { running: 1, runningMax: 32, waiting: 3, waitingMax: 20_000 },
  pressure: {
    degree: 0.5,
    admittedPart: 0.55,
    loop: { ...calm, value: 180, over: true },
    memory: calm,
  },
  floods,
});

const way = (times: number): GatewayLoadSheddingStats['roles']['ledger'] => ({
  breaker: 'open',
  running: 2,
  runningMax: 4_096,
  waiting: 0,
  waitingMax: 0,
  refused: { open: times, stuck: 0, full: times, waited: 0 },
  passed: 50,
});

const gateway = (times: number): GatewayLoadSheddingStats => ({
  node: 'n',
  roles: { payments: way(0), ledger: way(times), realtime: way(0) },
  floods: Object.fromEntries(Object.keys(floods).map((reason) => [reason, times])) as typeof floods,
});

const samples = <T>(...values: T[]) => values.map((value, i) => ({ atMs: i * 1_000, value }));

test('what the hub refuses is counted by kind and reason, and every reason has its sentence', () => {
  assert.equal(refusedByHub(hub(2)), 28);
  assert.equal(refusedByHub(hub(2), { kind: 'connections' }), 10);
  assert.equal(refusedByHub(hub(2), { reason: 'snapshots_late' }), 2);
  assert.equal(refusedByHub(hub(2), { kind: 'messages', reason: 'pressure' }), 0);
  assert.deepEqual(hubCausesOf(samples(hub(2), hub(2))), []);
  const causes = hubCausesOf(samples(hub(0), hub(2)));
  assert.deepEqual(
    causes.map(({ reason }) => reason),
    hubReasons,
  );
  for (const { because } of causes) assert.match(because, /^\w.+\.$/);
  const pressure = causes.find(({ reason }) => reason === 'pressure')!;
  assert.equal(pressure.whom, '2 of subscriptions in the last 10 s');
  assert.equal(
    pressure.because,
    'This replica is at its limits: its event loop is 180 ms late; 55 % of new subscriptions get in.',
  );
});

test('what the gateway refuses is counted by role and reason, and what never was a request by its callers', () => {
  assert.equal(refusedByGateway(gateway(1)), 11);
  assert.equal(refusedByGateway(gateway(1), { kind: 'ledger' }), 2);
  assert.equal(refusedByGateway(gateway(1), { kind: 'callers' }), 9);
  const causes = gatewayCausesOf(samples(gateway(0), gateway(1)));
  assert.deepEqual(
    causes.map(({ reason }) => reason),
    gatewayReasons,
  );
  for (const { because } of causes) assert.match(because, /^\w.+\.$/);
  assert.equal(causes[0]!.whom, '1 of ledger in the last 10 s');
  assert.match(causes[0]!.because, /breaker of ledger: open/);
});
