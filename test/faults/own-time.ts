// Time on a machine that others use too. A bound in seconds says what Atlas does with a machine; while other
// programs hold the processors the same work takes longer, and a test that ran by the wall clock would blame
// Atlas for them. So time passes here by the share of the processors that others left to us: with nobody
// beside us, and so in every run by itself, it is that of the wall clock.
//
// Where less than half is left to us it says nothing: what we need is more than that, so the work does not take
// longer but piles up, and no bound on time can hold.
import { readFile, readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

const lookEveryMs = 250;
/** As /proc counts time. */
const ticksPerSecond = 100;
const leftEnough = 0.5;
/** However little is left to us, so much time passes: else a wait might never end. */
const leftMin = 0.1;

export interface OwnTime extends Disposable {
  /** Milliseconds of this time since it began. */
  readonly nowMs: () => number;
  /** Resolves when so much of it has passed, or at once when `signal` is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** From now on: whether there was enough left to judge by. */
  mark(): () => boolean;
  /** Seconds of a processor that others used, to be told with the figures. */
  readonly othersSeconds: number;
}

/** @param root whose descendants are ours; by default who has started this process, with all it started */
export async function startOwnTime(root = process.ppid): Promise<OwnTime> {
  const processors = availableParallelism();
  let ms = 0;
  let left = 1;
  let others = 0;
  let atMs = performance.now();
  let before = await usage(root).catch(() => undefined);

  const count = () => {
    const now = performance.now();
    ms += (now - atMs) * left;
    atMs = now;
  };
  // Where there is no /proc it is the time of the wall clock.
  const looking = setInterval(() => {
    if (before === undefined) return;
    void usage(root).then((after) => {
      count();
      const seconds = after.wallSeconds - before!.wallSeconds;
      const own = Math.max(0, after.own - before!.own);
      const ofOthers = Math.max(0, after.busy - before!.busy - own);
      others += ofOthers;
      left = Math.max(leftMin, 1 - ofOthers / (seconds * processors));
      before = after;
    });
  }, lookEveryMs);
  return {
    nowMs() {
      count();
      return ms;
    },
    async wait(wantedMs, signal) {
      count();
      const endsAtMs = ms + wantedMs;
      while (ms < endsAtMs && signal?.aborted !== true) {
        await delay(Math.min(lookEveryMs, endsAtMs - ms), undefined, { signal }).catch(() => {});
        count();
      }
    },
    mark() {
      count();
      const from = { ms, atMs };
      return () => {
        count();
        return ms - from.ms >= leftEnough * (atMs - from.atMs);
      };
    },
    get othersSeconds() {
      return others;
    },
    [Symbol.dispose]: () => clearInterval(looking),
  };
}

/** In seconds of a processor: what all processes have used so far, and what ours have. */
async function usage(root: number): Promise<{ busy: number; own: number; wallSeconds: number }> {
  const wallSeconds = performance.now() / 1_000;
  const [, ...columns] = (await readFile('/proc/stat', 'utf8')).split('\n', 1)[0]!.split(/ +/);
  const [user, nice, system, , , interrupts, softInterrupts] = columns.map(Number);
  const busy = user! + nice! + system! + interrupts! + softInterrupts!;
  const processes = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(readProcess),
  );
  const known = new Map(processes.flatMap((one) => (one === undefined ? [] : [[one.pid, one]])));
  let own = 0;
  for (const one of known.values()) if (isBelow(one.pid, root, known)) own += one.ticks;
  return { busy: busy / ticksPerSecond, own: own / ticksPerSecond, wallSeconds };
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Of its processors, and of its children that have ended. */
  readonly ticks: number;
}

/** Undefined where it has ended meanwhile. */
async function readProcess(pid: string): Promise<Process | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The name stands in brackets and may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, value) => sum + Number(value), 0);
  return { pid: Number(pid), parent: Number(fields[1]), ticks };
}

function isBelow(pid: number, root: number, known: ReadonlyMap<number, Process>): boolean {
  for (let at = pid; at > 1; at = known.get(at)?.parent ?? 0) if (at === root) return true;
  return false;
}
