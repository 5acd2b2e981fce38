import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { coreLimits } from '../../core/remote.ts';
import { prometheusLimits } from '../../gateway/telemetry/prometheus-api.ts';
import { readLimits } from '../../ledger/read-guards.ts';
import { balanceLimits } from '../../ledger/remote.ts';
import { apiLimits, streamLimits } from '../proxy/upstream.ts';
import type { GuardLimits } from './guard.ts';

/** Of so many connections that the parts of n are whole. */
const n = 12;

test('docs/bulkheads.md has the limits of the code', async () => {
  const text = await readFile(new URL('../../../docs/bulkheads.md', import.meta.url), 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => /^\| \w+ → /.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const documented = Object.fromEntries(
    rows.flatMap((row) => {
      const [, , places, waiting, time, , , name] = row;
      const numbers = [
        placesOf(places!),
        numberOf(waiting!),
        Number(/^\d+/.exec(time ?? '')) * 1_000,
      ];
      return name === undefined ? [] : [[name.replaceAll('`', ''), numbers]];
    }),
  );
  const api = [apiLimits.requestsMax, 0, apiLimits.silenceMs];
  const core = ({ connectionsMax, callsMax }: { connectionsMax: number; callsMax: number }) => [
    connectionsMax,
    callsMax - connectionsMax,
    20_000,
  ];
  const reads = readLimits(n);
  assert.deepEqual(documented, {
    payments: api,
    ledger: api,
    realtime: [streamLimits.requestsMax, 0, streamLimits.silenceMs],
    ledger_balances: wallOf(balanceLimits),
    book_balances: wallOf(reads.balances),
    book_statements: wallOf(reads.statements),
    book_accounts: wallOf(reads.accounts),
    book_transfers: wallOf(reads.transfers),
    book_audit: wallOf(reads.audit),
    ledger_transfers: [8, 56, 5_000],
    core_transfers: core(coreLimits.transfers),
    core_lookups: core(coreLimits.lookups),
    core_accounts: core(coreLimits.accounts),
    core_control: [3, 61, 5_000],
    prometheus: wallOf(prometheusLimits),
  });
});

function wallOf({ atOnceMax, waitingMax, timeoutMs }: GuardLimits): number[] {
  return [atOnceMax, waitingMax, timeoutMs];
}

function placesOf(text: string): number {
  const part = /^n(?: \/ (\d+))?$/.exec(text);
  return part === null ? numberOf(text) : n / Number(part[1] ?? 1);
}

function numberOf(text: string): number {
  return text === '–' ? 0 : Number(text.replaceAll(',', ''));
}
