import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { judge } from './outcomes.ts';
import { Recorder } from './recorder.ts';

const ok = judge({ status: 201, head: 'HTTP/1.1 201 Created', body: '{}' });
const busy = judge({
  status: 503,
  head: 'HTTP/1.1 503 x\r\nretry-after: 7',
  body: '{"code":"overloaded"}',
});

test('what becomes of an arrival counts for the slot in which it was scheduled', () => {
  const recorder = new Recorder({ deadlineMs: 500, slotsMs: [1_000] });
  recorder.arrived(900);
  recorder.sent(901, false);
  recorder.arrived(1_100);
  recorder.sent(1_100, false);
  recorder.answered(1_100, 1_150, ok);
  recorder.settled(1_100, 1_150, true);
  recorder.answered(900, 1_300, busy);
  recorder.sent(3_200, true);
  recorder.answered(3_200, 3_250, ok);
  recorder.settled(900, 3_250, true);

  const { slots } = recorder.figures().series[0]!;
  const [first, second, third, fourth] = slots;
  assert.equal(slots.length, 4);
  assert.deepEqual([first!.offered, first!.served, first!.good, first!.sent], [1, 1, 0, 1]);
  assert.ok(Math.abs(first!.maxMs - 2_350) < 30, String(first!.maxMs));
  assert.equal(first!.inFlight, 1);
  assert.deepEqual([second!.offered, second!.good, second!.shed, second!.inFlight], [1, 1, 1, 0]);
  assert.deepEqual([third!.offered, third!.sent], [0, 0]);
  assert.deepEqual([fourth!.sent, fourth!.retries, fourth!.admitted], [1, 1, 1]);
});

test('figures count arrivals, requests, retries and codes apart', () => {
  const recorder = new Recorder({ deadlineMs: 500, slotsMs: [100] });
  for (const judged of [busy, ok, judge('timeout')]) {
    recorder.arrived(0);
    recorder.sent(0, false);
    recorder.answered(0, 20, judged);
    recorder.settled(0, 20, judged === ok);
  }
  const figures = recorder.figures();
  assert.deepEqual([figures.offered, figures.served, figures.good, figures.sent], [3, 1, 1, 3]);
  assert.deepEqual(figures.requests, { served: 1, shed: 1, refused: 0, failed: 1 });
  assert.deepEqual(figures.codes, { '503 overloaded': 1, '201': 1, timeout: 1 });
  assert.deepEqual([figures.admitted.count, figures.shed.count], [2, 1]);
});

test('the histogram of a result can be read by others and keeps three digits', () => {
  const recorder = new Recorder({ deadlineMs: 500, slotsMs: [] });
  for (let ms = 1; ms <= 1_000; ms += 1) {
    recorder.arrived(0);
    recorder.settled(0, ms, true);
  }
  const { histogram, latency } = recorder.figures();
  const decoded = decodeFromCompressedBase64(histogram);
  assert.equal(decoded.totalCount, 1_000);
  for (const [percent, ms] of [
    [50, 500],
    [99, 990],
    [99.9, 999],
  ] as const) {
    const us = decoded.getValueAtPercentile(percent);
    assert.ok(Math.abs(us / 1_000 - ms) / ms < 0.002, `p${percent}: ${us}`);
  }
  assert.ok(Math.abs(latency.p99Ms - 990) < 1);
});

test('an answer is served, shed, refused or failed, and tells whether to try again', () => {
  const problem = (status: number, code: string) =>
    judge({
      status,
      head: `HTTP/1.1 ${status} x\r\nRetry-After: 4\r\n`,
      body: `{"code":"${code}"}`,
    });
  const seen = (judged: ReturnType<typeof judge>) => [judged.outcome, judged.mayRetry];
  assert.deepEqual(seen(judge({ status: 304, head: '', body: '' })), ['served', false]);
  assert.deepEqual(seen(judge({ status: 301, head: '', body: '' })), ['refused', false]);
  assert.deepEqual(seen(problem(503, 'overloaded')), ['shed', true]);
  assert.deepEqual(seen(problem(429, 'rate_limited')), ['shed', true]);
  assert.deepEqual(seen(problem(503, 'unavailable')), ['failed', true]);
  assert.deepEqual(seen(problem(500, 'internal')), ['failed', false]);
  assert.deepEqual(seen(problem(409, 'insufficient_funds')), ['refused', false]);
  assert.deepEqual(seen(problem(409, 'request_in_flight')), ['refused', true]);
  assert.deepEqual(seen(judge('connection')), ['failed', true]);
  assert.equal(problem(503, 'overloaded').retryAfterMs, 4_000);
  assert.equal(busy.retryAfterMs, 7_000);
});
