// CPU time of processes from /proc, so that a rate can be read beside what it cost: on a small machine
// the generator, the server and the database share the same cores. Undefined where there is no /proc.
import { readFile, readdir } from 'node:fs/promises';
import type { Database } from '../../src/engines/database.ts';

const ticksPerSecond = 100;

/** Seconds of CPU that something has used so far. */
export type CpuMeter = () => Promise<number | undefined>;

export function processCpu(pid: number): CpuMeter {
  return async () => {
    const stat = await readStat(pid);
    return stat === undefined ? undefined : stat.own / ticksPerSecond;
  };
}

/** Of the whole server behind a database, ended backends included; only on this machine. */
export async function postgresCpu(database: Database): Promise<CpuMeter> {
  const [row] = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
  const backend = await readStat(row!.pid);
  if (backend?.name !== 'postgres') return async () => undefined;
  const postmaster = backend.parent;
  return async () => {
    const stats = await Promise.all(
      (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((name) => readStat(+name)),
    );
    const ticks = stats.reduce((sum, stat) => {
      if (stat?.pid === postmaster) return sum + stat.own + stat.endedChildren;
      return stat?.parent === postmaster ? sum + stat.own : sum;
    }, 0);
    return ticks / ticksPerSecond;
  };
}

interface Stat {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  /** Ticks in user and system mode. */
  readonly own: number;
  readonly endedChildren: number;
}

async function readStat(pid: number): Promise<Stat | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const end = text.lastIndexOf(')');
    const fields = text.slice(end + 2).split(' ');
    const number = (index: number) => Number(fields[index]);
    return {
      pid,
      name: text.slice(text.indexOf('(') + 1, end),
      parent: number(1),
      own: number(11) + number(12),
      endedChildren: number(13) + number(14),
    };
  } catch {
    return undefined;
  }
}
