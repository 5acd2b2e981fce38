// What a record of who did what costs: taking it down, and storing it in batches, on both books.
// Options: --records 10000 --rounds 3.
import { parseArgs } from 'node:util';
import { createControlPlane } from '../src/core/control-plane.ts';
import { AuditQueue } from '../src/platform/audit.ts';
import { createLog } from '../src/platform/logs.ts';
import { books } from '../test/books.ts';
import { median, table, type Cell } from './support/table.ts';

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      records: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const records = Number(values.records);
  const rows: Cell[][] = [];
  for (const [engine, open] of books) {
    await using book = await open();
    const log = createLog('bench', 'error');
    await using plane = createControlPlane({ database: book.database, auditDays: 30, log });
    const rounds: Round[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const queue = new AuditQueue({
        node: 'bench',
        recordsMax: records,
        log,
        append: (batch) => plane.append(batch),
      });
      rounds.push(await recordAll(queue, records));
    }
    const of = (pick: (round: Round) => number) => median(rounds.map(pick));
    rows.push([engine, of((r) => r.takeUs), of((r) => r.cpuUs), of((r) => r.storedMs)]);
  }
  const stored = `ms until ${records} are stored`;
  console.log(table(['book', 'µs to take down', 'CPU-µs of Node in all', stored], rows));
}

interface Round {
  readonly takeUs: number;
  readonly cpuUs: number;
  readonly storedMs: number;
}

/** As many clients connect at the same moment. */
async function recordAll(queue: AuditQueue, records: number): Promise<Round> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (let i = 0; i < records; i += 1) {
    queue.record({
      tenant: 'tnt_demo',
      subject: `user-${i}`,
      session: `5f0c1a52-8f0e-4d5c-9a51-${String(i).padStart(12, '0')}`,
      action: 'hub.connect',
      connectionId: `connection-${i}`,
      address: '203.0.113.7, 10.0.0.1',
      userAgent: 'Microsoft SignalR/10.0 (10.0.11; Linux; NodeJS; v24.0.0)',
    });
  }
  const takenMs = performance.now() - startedAt;
  await queue.close(60_000);
  const storedMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  if (queue.counts.stored !== records) throw new Error(`${queue.counts.dropped} were lost`);
  return { takeUs: (takenMs * 1_000) / records, cpuUs: (user + system) / records, storedMs };
}
