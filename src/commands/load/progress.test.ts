import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../../load/outcomes.ts';
import { Recorder } from '../../../load/recorder.ts';
import type { Live } from '../../../load/run-scenario.ts';
import { showLoad } from './progress.ts';

function oneSecond(): Live {
  const transfers = new Recorder({ deadlineMs: 500, slotsMs: [1_000] });
  for (let dueAtMs = 0; dueAtMs < 10; dueAtMs += 1) {
    transfers.arrived(dueAtMs);
    transfers.sent(dueAtMs, false);
  }
  transfers.answered(0, 20, judge({ status: 201, head: '', body: '' }));
  transfers.settled(0, 20, true);
  return {
    atMs: 1_003,
    classes: new Map([['transfers', transfers]]),
    server: {
      atMs: 1_000,
      shedding: {
        tokensAvailable: 791,
        ratePerSecond: 400,
        inFlight: 9,
        inFlightLimit: 64,
        admitted: 10,
        shed: {},
      },
    },
    screensConnected: 1_000,
  };
}

function shownOn(output: { isTTY?: boolean; columns?: number }): string[] {
  const written: string[] = [];
  {
    using progress = showLoad({
      output: { ...output, write: (text) => written.push(text) },
      seconds: 10,
    });
    progress.show(oneSecond());
  }
  return written;
}

const all =
  '  1 s  offered 10/s  good 1/s  shed 0/s  failed 0/s  in flight 9  sent 10/s  tokens 791  screens 1000';

test('in a log each second is a line with everything', () => {
  assert.deepEqual(shownOn({}), [`${all}\n`]);
});

test('on a terminal the line is written over, and gone at the end', () => {
  const bar = '[##..................]';
  assert.deepEqual(shownOn({ isTTY: true, columns: 200 }), [`\r\x1b[K${bar}  ${all}`, '\r\x1b[K']);
});

for (const columns of [40, 80, 100, undefined, 0]) {
  test(`a terminal of ${columns} columns is never given a line that wraps, nor a part of a figure`, () => {
    const [line] = shownOn({ isTTY: true, ...(columns === undefined ? {} : { columns }) });
    const text = line!.replace('\r\x1b[K', '');
    assert.ok(text.length < (columns || 80), text);
    const [, ...parts] = text.split(/ {2,}/);
    assert.deepEqual(parts, all.trim().split('  ').slice(0, parts.length));
    assert.ok(parts.length >= 1);
  });
}
