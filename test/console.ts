// The console as a person meets it: built, served by a gateway, in a real Chromium.
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import {
  chromium as playwright,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import type { DevelopmentClaims } from '../src/platform/development-keys.ts';
import { roleNames } from '../src/platform/role.ts';
import { chromium, consoleFolder } from './engines/index.ts';
import { columns, startSystem, type Client, type Environment, type System } from './system.ts';

export const desktop = { viewport: { width: 1280, height: 800 } };
export const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** A build, the roles and a browser: on a busy machine that takes its time. */
export const slowStart = { timeout: 180_000 };

export interface TestConsole {
  readonly browser: Browser;
  readonly system: System;
  readonly gateway: string;
  /** Of the one who prepares what is to be seen. */
  readonly client: Client;
  /** A page that a link has signed in; the token may be of somebody else or less. */
  open(
    path: string,
    options?: BrowserContextOptions,
    claims?: Partial<DevelopmentClaims>,
  ): Promise<OpenPage>;
}

/** The console of a system of every role on the embedded engines. */
export function startConsole(
  stack: AsyncDisposableStack,
  settings: Environment = {},
): Promise<TestConsole> {
  return consoleOf(stack, (folder) =>
    startSystem(columns[0]!, settings, new Set(roleNames), folder),
  );
}

/** The console of the system that `start` makes, whose gateway serves the folder. */
export async function consoleOf(
  stack: AsyncDisposableStack,
  start: (consoleFolder: string) => Promise<System>,
): Promise<TestConsole> {
  const system = stack.use(await start(await consoleFolder()));
  const { gateway } = system.urls;
  const browser = await startBrowser(stack);
  return {
    browser,
    system,
    gateway,
    client: await system.client(),
    open: async (path, options, claims) =>
      openPage(browser, `${gateway}${path}#token=${await system.token(claims)}`, options),
  };
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
  prepare: (context: BrowserContext) => Promise<unknown> = () => Promise.resolve(),
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
  // There is no frame of another origin, for which the results are put together in a page of their own, and
  // nobody reads what is right.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .withTags(tags)
    .analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
  assert.deepEqual(found, [], page.url());
}
