// The frames of a page while something happens to it. A late one is the page's own fault only where its main
// thread was at work all that time: on a machine that has other things to do, a frame is also late because the
// thread was not let run. So each frame is marked, and the trace says of each mark when it was made and how
// much CPU time the thread had used until then.
import type { Browser, Page } from 'playwright-core';

/** A frame that takes longer is felt as a jerk. */
export const lateMs = 50;

export interface Frames {
  readonly count: number;
  /** Came over 50 ms after the one before, whoever was to blame. */
  readonly late: number;
  readonly longestMs: number;
  /** In which the main thread used over 50 ms of CPU. */
  readonly lateByPage: number;
  /** The most CPU that the main thread used from one frame to the next. */
  readonly busiestMs: number;
  /** What 99 of 100 frames stay within of that. */
  readonly cpuP99Ms: number;
}

const category = 'blink.user_timing';
const mark = 'frame';

/** Counts the frames of `page` while `act` runs. */
export async function framesOf(
  browser: Browser,
  page: Page,
  act: () => Promise<void>,
): Promise<Frames> {
  await browser.startTracing(page, { categories: [category] });
  await page.evaluate(`
    requestAnimationFrame(function next() {
      performance.clearMarks(performance.mark('${mark}').name);
      window.nextFrame = requestAnimationFrame(next);
    });
  `);
  await act();
  await page.evaluate('cancelAnimationFrame(window.nextFrame)');
  return figuresOf(await browser.stopTracing());
}

interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  /** In µs: on the clock, and of the thread's CPU. */
  readonly ts: number;
  readonly tts: number;
}

function figuresOf(trace: Buffer): Frames {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const marks = traceEvents
    .filter(({ cat, name }) => cat === category && name === mark)
    .sort((a, b) => a.ts - b.ts);
  const each = (of: 'ts' | 'tts') =>
    marks.slice(1).map((event, i) => (event[of] - marks[i]![of]) / 1_000);
  const [wallMs, cpuMs] = [each('ts'), each('tts').toSorted((a, b) => a - b)];
  return {
    count: wallMs.length,
    late: wallMs.filter((ms) => ms > lateMs).length,
    longestMs: Math.max(...wallMs),
    lateByPage: cpuMs.filter((ms) => ms > lateMs).length,
    busiestMs: cpuMs.at(-1)!,
    cpuP99Ms: cpuMs[Math.floor(cpuMs.length * 0.99)]!,
  };
}
