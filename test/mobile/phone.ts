// The phone app as a person holds it: its web export in a real Chromium the size of a phone. The export
// has names for the roles in it, and Chromium is told where those are.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { openPage, type OpenPage } from '../console.ts';
import { chromium } from '../engines/index.ts';
import { exportApp } from './expo.ts';

const bases = {
  gateway: 'http://gateway.atlas.test',
  ledger: 'http://ledger.atlas.test',
  realtime: 'http://realtime.atlas.test',
};

export const handset = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
} as const;

/** An export, roles and a browser: on a busy machine that takes its time. */
export const slowStart = { timeout: 240_000 };

export interface Phones {
  readonly browser: Browser;
  /** Where the page is from, for the roles' CORS. */
  readonly origin: string;
  /** A phone that opens a link, such as `token=…`, in the given theme. */
  open(fragment: string, options?: { dark?: boolean }): Promise<OpenPage>;
}

/** @param ports where the roles are */
export async function startPhones(
  stack: AsyncDisposableStack,
  ports: () => Record<keyof typeof bases, number>,
): Promise<Phones> {
  const folder = await exportApp(stack, ['web'], bases);
  const origin = await serve(stack, folder);
  const { executablePath, args } = await chromium();
  const rules = Object.entries(ports()).map(
    ([role, port]) => `MAP ${role}.atlas.test:80 127.0.0.1:${port}`,
  );
  const browser = await playwright.launch({
    executablePath,
    args: [...args, `--host-resolver-rules=${rules.join(',')}`],
  });
  stack.defer(() => browser.close());
  return {
    browser,
    origin,
    open: (fragment, { dark = false } = {}) =>
      openPage(browser, `${origin}/#${fragment}`, {
        ...handset,
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
      }),
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
