// Where the pictures of the phone app are taken: its web export before the real roles, with the book that the
// console's pictures are of.
import type { BrowserContext, Page } from 'playwright-core';
import { roleNames, type RoleName } from '../../src/platform/role.ts';
import { entriesOf, fillBook } from '../looks/data.ts';
import { steady } from '../looks/steady.ts';
import { expiresAtMs, inEachTheme, type Theme, type Use } from '../looks/take.ts';
import { columns, startSystem } from '../system.ts';
import { mobileLooks, type MobileLook } from './looks.ts';
import { origin, startPhones, type Phones } from './phone.ts';

export interface MobileStudio {
  /** Opens a look, and hands its page over once it stands: in each theme, as the phone's setting changes. */
  readonly open: (look: MobileLook, use: Use) => Promise<void>;
  /** The same in one theme, for somebody who has set text to so many times its usual size. */
  readonly openLarge: (
    look: MobileLook,
    textScale: number,
    use: (page: Page) => Promise<void>,
  ) => Promise<void>;
}

export async function openMobileStudio(stack: AsyncDisposableStack): Promise<MobileStudio> {
  const settings = { CORS_ORIGINS: origin };
  const system = stack.use(await startSystem(columns[0]!, settings, new Set(roleNames)));
  const tenant = 'tnt_demo';
  const client = await system.client({ tenant });
  await fillBook(client);
  const entries = await entriesOf(client);
  const phones = new Map<number, Promise<Phones>>();
  const placeOf = (address: string) => {
    const { hostname, pathname, search } = new URL(address);
    return system.urls[hostname.split('.')[0] as RoleName] + pathname + search;
  };

  async function linkOf({ accounts }: MobileLook): Promise<string> {
    if (accounts === undefined) return '';
    // In the middle of a minute, whatever the rounding.
    const ttlSeconds = Math.floor((expiresAtMs + 30_000 - Date.now()) / 1_000);
    const claims = { tenant, subject: 'ada@example.com', accounts: [...accounts], ttlSeconds };
    return `token=${await system.token(claims)}`;
  }

  function phonesWith(textScale: number): Promise<Phones> {
    const started = phones.get(textScale) ?? startPhones(stack, system.urls, { textScale });
    phones.set(textScale, started);
    return started;
  }

  async function open(look: MobileLook, textScale: number, use: (page: Page) => Promise<void>) {
    const prepare = async (context: BrowserContext) => {
      await steady(context, { entries, figures: look.figures, placeOf });
      // A transfer's key is as random as an entry's name, and used once.
      await context.addInitScript((key) => {
        Object.assign(crypto, { randomUUID: () => key });
      }, keyOf(look));
    };
    const phone = await phonesWith(textScale);
    await using session = await phone.open(await linkOf(look), prepare);
    const { page } = session;
    await look.go(page);
    await use(page);
    // What is under way for the page ends with it.
    await page.context().unrouteAll({ behavior: 'ignoreErrors' });
  }

  return {
    open: (look, use) => open(look, 1, (page) => inEachTheme(page, isIn, use)),
    openLarge: open,
  };
}

/** Waits until the ground of the screen, and what lies under it, is that of the theme. */
async function isIn(page: Page, theme: Theme): Promise<void> {
  const ground = theme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(17, 17, 19)';
  await page.waitForFunction(
    `[...document.querySelectorAll('body, [role="main"]')].every(
      (each) => getComputedStyle(each).backgroundColor === '${ground}')`,
  );
}

function keyOf(look: MobileLook): string {
  return `7f0a6c52-93a1-4c1e-8a57-${String(mobileLooks.indexOf(look)).padStart(12, '0')}`;
}
