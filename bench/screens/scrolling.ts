// A list from its top to its last row, loading as it goes, and back to the top, by the wheel.
import type { Page } from 'playwright-core';

/** Of one turn: seven notches of a wheel, more than a hand turns it in a frame. */
const turnPx = 840;
/** A list that has not come to its end by then never will. */
const scrollMsMax = 300_000;

/** Turns the wheel over the list `label` until all `rows` were there, and back. */
export async function scrollThrough(page: Page, label: string, rows: number): Promise<void> {
  const deadlineMs = Date.now() + scrollMsMax;
  const { width, height } = page.viewportSize()!;
  const box = (await page.getByRole('table', { name: label }).boundingBox())!;
  // Over the list, and not over what stands above or beside it.
  await page.mouse.move(box.x + Math.min(box.width, width - box.x) / 2, (box.y + height) / 2);
  const turn = async (byPx: number, done: (at: ListPlace) => boolean) => {
    for (;;) {
      await page.mouse.wheel(0, byPx);
      const at = await placeOf(page, label);
      if (done(at)) return;
      if (Date.now() > deadlineMs) throw new Error(`${label}: stuck at ${JSON.stringify(at)}`);
    }
  };
  await turn(turnPx, ({ rows: known, below }) => known >= rows && below <= 1);
  await turn(-turnPx, ({ above }) => above <= 0);
}

interface ListPlace {
  readonly rows: number;
  readonly above: number;
  readonly below: number;
}

/** How many rows the list knows, and how far it can be scrolled up and down; looked at in a frame. */
async function placeOf(page: Page, label: string): Promise<ListPlace> {
  return await page.evaluate(`
    new Promise((done) => {
      requestAnimationFrame(() => {
        const table = document.querySelector('[role=table][aria-label="${label}"]');
        let pane = table;
        while (!/auto|scroll/.test(getComputedStyle(pane).overflowY)) pane = pane.parentElement;
        done({
          rows: Number(table.getAttribute('aria-rowcount')) - 1,
          above: pane.scrollTop,
          below: pane.scrollHeight - pane.clientHeight - pane.scrollTop,
        });
      });
    })
  `);
}
