// An Atlas as `npm start` runs it, with the console built, a book to look at, and a real Chromium before it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { openPage, startBrowser, type OpenPage } from '../../test/console.ts';
import { startAtlas, type Atlas } from '../support/atlas.ts';

const consoleFolder = join(import.meta.dirname, '..', '..', 'apps', 'console');
const vite = join(import.meta.dirname, '..', '..', 'node_modules', 'vite', 'bin', 'vite.js');

export interface Place {
  readonly atlas: Atlas;
  readonly browser: Browser;
  /** A page of a context of its own, signed in: nothing is in its caches. */
  readonly open: (
    path: string,
    options?: BrowserContextOptions,
    prepare?: (context: BrowserContext) => Promise<unknown>,
  ) => Promise<OpenPage>;
}

/** All of it ends with the stack. Without settings nothing that a benchmark asks for is refused. */
export async function startPlace(
  stack: AsyncDisposableStack,
  settings: Readonly<Record<string, string>> = {},
): Promise<Place> {
  // Where `atlas up` looks for it.
  await promisify(execFile)(process.execPath, [vite, 'build'], { cwd: consoleFolder });
  const atlas = stack.use(await startAtlas(settings));
  const browser = await startBrowser(stack);
  return {
    atlas,
    browser,
    open: (path, options, prepare) =>
      openPage(browser, `${atlas.urls.gateway}${path}#token=${atlas.token}`, options, prepare),
  };
}
