// Takes the pictures: every look, in both themes, on a desk and on a phone, of a console that the real roles
// serve.
import type { Page } from 'playwright-core';
import { openPage, startConsole } from '../console.ts';
import { entriesOf, fillBook } from './data.ts';
import type { Look } from './looks.ts';
import { steady } from './steady.ts';

const themes = ['light', 'dark'] as const;
export const screens = {
  desk: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;

/** Far enough away that no picture says when the session ends by another word. */
export const expiresAtMs = Date.UTC(2040, 0, 1);

export type Theme = (typeof themes)[number];

/** A page as it stands, in one theme. */
export type Use = (page: Page, theme: Theme) => Promise<void>;

export interface Studio {
  /** Opens a look, and hands its page over once it stands: in each theme, as the machine's setting changes. */
  readonly open: (look: Look, screen: keyof typeof screens, use: Use) => Promise<void>;
}

export async function openStudio(stack: AsyncDisposableStack): Promise<Studio> {
  const { browser, gateway, system } = await startConsole(stack);
  const claims = { tenant: 'tnt_demo', subject: 'ngozi@example.com' };
  const client = await system.client(claims);
  await fillBook(client);
  const entries = await entriesOf(client);
  const ttlSeconds = Math.floor((expiresAtMs - Date.now()) / 1_000);
  const token = await system.token({ ...claims, ttlSeconds });
  return {
    async open(look, screen, use) {
      const options = {
        ...screens[screen],
        timezoneId: 'Africa/Lagos',
        reducedMotion: 'reduce' as const,
      };
      const address = `${gateway}${look.path}#token=${token}`;
      await using session = await openPage(browser, address, options, (context) =>
        steady(context, { entries, figures: look.figures }),
      );
      const { page } = session;
      await look.ready(page);
      await page.locator('.skeleton:visible').first().waitFor({ state: 'detached' });
      await page.evaluate('document.fonts.ready');
      await inEachTheme(page, (_, theme) => page.locator(`html.${theme}`).waitFor(), use);
      // What is under way for the page ends with it.
      await page.context().unrouteAll({ behavior: 'ignoreErrors' });
    },
  };
}

/** Changes the machine's setting, and uses the page once it follows. */
export async function inEachTheme(page: Page, follows: Use, use: Use): Promise<void> {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme });
    await follows(page, theme);
    await use(page, theme);
  }
}

export function takePicture(page: Page): Promise<Buffer> {
  return page.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css' });
}
