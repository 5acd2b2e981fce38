// What is wrong with how a screen is laid out, as sentences: text that is cut off, and controls or texts that lie
// over each other.
import type { Page } from 'playwright-core';

interface Piece {
  readonly name: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly cutOff: boolean;
  /** Other pieces that it is a part of. */
  readonly within: readonly number[];
}

/** Texts, fields and controls. */
const pieces = '[dir="auto"], input, textarea, [role="button"]';

export async function faultsOfLayout(page: Page): Promise<string[]> {
  const screenPx = page.viewportSize()!.width;
  const all = await page.locator(pieces).evaluateAll((elements): Piece[] => {
    // What is scrolled out of sight lies under the heading, and is not seen there.
    for (const element of elements) {
      for (let at = element.parentElement; at !== null; at = at.parentElement) at.scrollTop = 0;
    }
    const seen = elements.filter((element) => element.getClientRects().length > 0);
    return seen.map((element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
      const isField = /^(INPUT|TEXTAREA)$/.test(element.tagName);
      const isCut = scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 2;
      return {
        name: (element.getAttribute('aria-label') ?? element.textContent ?? '').slice(0, 40),
        left,
        right,
        top,
        bottom,
        // A field scrolls, and what stands within a line has no size of its own.
        cutOff: isCut && !isField && clientWidth > 0,
        within: seen.flatMap((other, i) =>
          other !== element && other.contains(element) ? [i] : [],
        ),
      };
    });
  });
  const faults: string[] = [];
  for (const [i, one] of all.entries()) {
    if (one.cutOff) faults.push(`"${one.name}" is cut off`);
    if (one.left < -1 || one.right > screenPx + 1) faults.push(`"${one.name}" is off the screen`);
    for (const [j, other] of all.entries()) {
      const isApart = j <= i || one.within.includes(j) || other.within.includes(i);
      if (!isApart && overlap(one, other)) faults.push(`"${one.name}" is over "${other.name}"`);
    }
  }
  return faults;
}

function overlap(one: Piece, other: Piece): boolean {
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return across > 1 && down > 1;
}
