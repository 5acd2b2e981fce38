// What opening a page costs: its scripts, and the time until it can be used.
import { gzipSync } from 'node:zlib';
import { desktop } from '../../test/console.ts';
import type { Place } from './place.ts';

export interface Opening {
  /** Compressed, of all scripts that the page has fetched until it stands. */
  readonly scriptBytes: number;
  /**
   * From the navigation to the first frame in which the page has its heading and its answers (no skeleton is
   * in sight), or to the end of the last task of over 50 ms that had begun by then: keys and clicks are
   * answered at once from here on.
   */
  readonly usableMs: number;
}

/** Runs in the page before its own scripts; `usable` resolves once the page stands. */
const watchOpening = `
  window.usable = new Promise((done) => {
    let busyUntil = 0;
    const observer = new PerformanceObserver((list) => {
      for (const task of list.getEntries()) busyUntil = Math.max(busyUntil, task.startTime + task.duration);
    });
    observer.observe({ type: 'longtask', buffered: true });
    const inSight = (each) =>
      each.checkVisibility() && each.getBoundingClientRect().top < innerHeight;
    const isThere = () =>
      document.querySelector('#page h1') !== null &&
      ![...document.querySelectorAll('.skeleton')].some(inSight);
    requestAnimationFrame(function look(now) {
      if (!isThere()) return requestAnimationFrame(look);
      // The observer hears of a task after its end.
      setTimeout(() => done(Math.max(now, busyUntil)), 200);
    });
  });
`;

export async function opening({ open }: Place, path: string): Promise<Opening> {
  await using session = await open(path, desktop, (context) => context.addInitScript(watchOpening));
  const { page } = session;
  const usableMs: number = await page.evaluate('window.usable');
  const urls: string[] = await page.evaluate(
    `performance.getEntriesByType('resource').map(({ name }) => name)`,
  );
  const sizes = urls
    .filter((url) => new URL(url).pathname.endsWith('.js'))
    .map(async (url) => gzipSync(await (await fetch(url)).bytes()).length);
  return { usableMs, scriptBytes: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) };
}
