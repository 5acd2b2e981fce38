// The phone app as a person holds it: its web export in a real Chromium the size of a phone. The export
// has names for the roles in it, and Chromium is told where those are.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import {
  chromium as playwright,
  type Browser,
  type BrowserContext,
  type Page,
} from 'playwright-core';
import { openPage, type OpenPage } from '../console.ts';
import { chromium, mobileExport } from '../engines/index.ts';
import type { bases } from './expo.ts';

/** Where the page is from, for the roles' CORS; browsers trust pages of this machine as those of https. */
export const origin = 'http://phone.localhost';

export const handset = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
} as const;

/** An export, roles and a browser: on a busy machine that takes its time. */
export const slowStart = { timeout: 240_000 };

export interface Phones {
  readonly browser: Browser;
  /** A phone that opens a link, such as `token=…`. */
  open(fragment: string, options?: OpenOptions): Promise<OpenPage>;
}

export interface OpenOptions {
  readonly dark?: boolean;
  readonly prepare?: (context: BrowserContext) => Promise<void>;
}

export interface PhoneOptions {
  /** How many times larger than usual the person has set text. */
  readonly textScale?: number;
}

/** @param ports where the roles are */
export async function startPhones(
  stack: AsyncDisposableStack,
  ports: () => Record<keyof typeof bases, number>,
  { textScale = 1 }: PhoneOptions = {},
): Promise<Phones> {
  const servedAt = await serve(stack, await mobileExport());
  const { executablePath, args } = await chromium();
  const places = [[new URL(origin).host, servedAt] as const].concat(
    Object.entries(ports()).map(([role, port]) => [`${role}.atlas.test`, port] as const),
  );
  const rules = places.map(([host, port]) => `MAP ${host}:80 127.0.0.1:${port}`);
  const browser = await playwright.launch({
    executablePath,
    args: [
      ...args,
      `--host-resolver-rules=${rules.join(',')}`,
      `--blink-settings=defaultFontSize=${16 * textScale}`,
    ],
  });
  stack.defer(() => browser.close());
  return {
    browser,
    open: (fragment, { dark = false, prepare } = {}) => {
      const options = {
        ...handset,
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
        timezoneId: 'Africa/Lagos',
      } as const;
      return openPage(browser, `${origin}/#${fragment}`, options, prepare);
    },
  };
}

/** The balance as it is read. */
export async function balanceShown(page: Page, text: string): Promise<void> {
  const shown = new RegExp(`^${text.replaceAll('.', '\\.')} [A-Z]{3}$`);
  await page.getByTestId('balance').filter({ hasText: shown }).waitFor();
}

/** The state of the balance in words. */
export async function stateShown(page: Page, text: string | RegExp): Promise<void> {
  await page.getByRole('status').getByText(text).waitFor();
}

/** @returns the port */
async function serve(stack: AsyncDisposableStack, folder: string): Promise<number> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://phone').pathname);
    const isScript = path.endsWith('.js');
    readFile(join(folder, path === '/' ? 'index.html' : path)).then(
      (file) => {
        response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
        response.end(file);
      },
      () => response.writeHead(404).end(),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}
