// The phone app as a person holds it: its web export in a real Chromium the size of a phone. The export
// has names for the roles in it, and Chromium is told where those are.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { chromium as playwright, type Browser, type BrowserContext } from 'playwright-core';
import { openPage, type OpenPage } from '../console.ts';
import { chromium, mobileExport } from '../engines/index.ts';
import { bases } from './expo.ts';

/** Where the page is from, for the roles' CORS; browsers trust pages of this machine as those of https. */
export const origin = 'http://phone.localhost';

const handset = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
} as const;

/** An export, roles and a browser: on a busy machine that takes its time. */
export const slowStart = { timeout: 240_000 };

export interface Phones {
  readonly browser: Browser;
  /** A phone that opens a link, such as `token=…`. */
  open(fragment: string, prepare?: (context: BrowserContext) => Promise<void>): Promise<OpenPage>;
}

export interface PhoneOptions {
  /** How many times larger than usual the person has set text. */
  readonly textScale?: number;
}

/** Where the roles are that the export has names for. */
export type Places = Readonly<Record<keyof typeof bases, string>>;

export async function startPhones(
  stack: AsyncDisposableStack,
  { gateway, ledger, realtime }: Places,
  { textScale = 1 }: PhoneOptions = {},
): Promise<Phones> {
  const servedAt = await serve(stack, await mobileExport());
  const { executablePath, args } = await chromium();
  const places: Record<string, string> = {
    [origin]: servedAt,
    [bases.gateway]: gateway,
    [bases.ledger]: ledger,
    [bases.realtime]: realtime,
  };
  const rules = Object.entries(places).map(
    ([name, place]) => `MAP ${new URL(name).host}:80 ${new URL(place).host}`,
  );
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
    open: (fragment, prepare) => {
      const options = {
        ...handset,
        colorScheme: 'light',
        reducedMotion: 'reduce',
        timezoneId: 'Africa/Lagos',
      } as const;
      return openPage(browser, `${origin}/#${fragment}`, options, prepare);
    },
  };
}

/** @returns where */
async function serve(stack: AsyncDisposableStack, folder: string): Promise<string> {
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
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
