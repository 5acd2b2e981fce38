// The console as a person meets it: built, served by a gateway, in a real Chromium.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import {
  chromium as playwright,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { build } from 'vite';
import { chromium } from './engines/index.ts';

const sources = join(import.meta.dirname, '..', 'apps', 'console');

export const desktop = { viewport: { width: 1280, height: 800 } };
export const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** A build, the roles and a browser: on a busy machine that takes its time. */
export const slowStart = { timeout: 180_000 };

/** Builds the console; the folder ends with the stack. */
export async function buildConsole(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-console-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const dist = join(folder, 'dist');
  await build({ root: sources, logLevel: 'warn', build: { outDir: dist, emptyOutDir: true } });
  return dist;
}

export async function startBrowser(stack: AsyncDisposableStack): Promise<Browser> {
  const browser = await playwright.launch(await chromium());
  stack.defer(() => browser.close());
  return browser;
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
}

/** A page of its own; what its scripts complain of fails the test. */
export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = desktop,
  prepare: (context: BrowserContext) => Promise<void> = () => Promise.resolve(),
): Promise<OpenPage> {
  const context = await browser.newContext(options);
  await prepare(context);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Warning:/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(address);
  return {
    page,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      assert.deepEqual(complaints, []);
    },
  };
}

/** Fails when the page is wider than the screen, or not readable by everyone. */
export async function fits(page: Page): Promise<void> {
  const overhang = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  assert.equal(overhang, 0, `${page.url()} is wider than the screen`);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
  assert.deepEqual(found, [], page.url());
}
