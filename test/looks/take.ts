// Takes the pictures: every look, in both themes, on a desk and on a phone, of a console that the real roles
// serve.
import type { Browser, Page } from 'playwright-core';
import { roleNames } from '../../src/platform/role.ts';
import { buildConsole, openPage, startBrowser } from '../console.ts';
import { columns, startSystem, type System } from '../system.ts';
import { entriesOf, fillBook } from './data.ts';
import type { Look } from './looks.ts';
import { steady } from './steady.ts';

export const themes = ['light', 'dark'] as const;
export const screens = {
  desk: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;

/** Far enough away that no picture says when the session ends by another word. */
export const expiresAtMs = Date.UTC(2040, 0, 1);

export interface Studio {
  readonly browser: Browser;
  readonly system: System;
  /** Opens a look and hands its page over once it stands. */
  readonly open: (
    look: Look,
    theme: (typeof themes)[number],
    screen: keyof typeof screens,
    use: (page: Page) => Promise<void>,
  ) => Promise<void>;
}

export async function openStudio(stack: AsyncDisposableStack): Promise<Studio> {
  const dist = await buildConsole(stack);
  const system = stack.use(await startSystem(columns[0]!, {}, new Set(roleNames), dist));
  const claims = { tenant: 'tnt_demo', subject: 'ngozi@example.com' };
  const client = await system.client(claims);
  await fillBook(client);
  const entries = await entriesOf(client);
  const browser = await startBrowser(stack);
  const ttlSeconds = Math.floor((expiresAtMs - Date.now()) / 1_000);
  const token = await system.token({ ...claims, ttlSeconds });
  return {
    browser,
    system,
    async open(look, colorScheme, screen, use) {
      const options = {
        ...screens[screen],
        colorScheme,
        timezoneId: 'Africa/Lagos',
        reducedMotion: 'reduce' as const,
      };
      const address = `${system.urls.gateway}${look.path}#token=${token}`;
      await using session = await openPage(browser, address, options, (context) =>
        steady(context, { entries, figures: look.figures }),
      );
      const { page } = session;
      await look.ready(page);
      await page.locator('.skeleton:visible').first().waitFor({ state: 'detached' });
      await page.evaluate('document.fonts.ready');
      await use(page);
      // What is under way for the page ends with it.
      await page.context().unrouteAll({ behavior: 'ignoreErrors' });
    },
  };
}

export function takePicture(page: Page): Promise<Buffer> {
  return page.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css' });
}
