// Every page of the console in both themes, on a desk and on a phone: everyone can read it (axe, WCAG 2.2 AA),
// nothing is wider than the screen, and it looks as it did when somebody last looked at it (test/looks/kept).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fits, slowStart } from './console.ts';
import { differenceFromKept } from './looks/compare.ts';
import { looks } from './looks/looks.ts';
import { openStudio, screens, takePicture, type Studio } from './looks/take.ts';

describe('the looks of the console', { timeout: 900_000 }, () => {
  const resources = new AsyncDisposableStack();
  let studio: Studio;
  before(async () => {
    studio = await openStudio(resources);
  }, slowStart);
  after(() => resources.disposeAsync());

  it('are kept of every page that the navigation offers', async () => {
    await studio.open(looks[0]!, 'desk', async (page) => {
      const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
      const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')!));
      const seen = looks.map(({ path }) => path);
      const unseen = paths.filter((path) => !seen.some((each) => each.startsWith(path)));
      assert.deepEqual(unseen, []);
    });
  });

  for (const look of looks) {
    for (const screen of Object.keys(screens) as (keyof typeof screens)[]) {
      it(`${look.name} on a ${screen} is readable by everyone and looks as before, in both themes`, async () => {
        const differences: (string | undefined)[] = [];
        await studio.open(look, screen, async (page, theme) => {
          const picture = await takePicture(page);
          const selects = await page.locator('select').all();
          const boxes = await Promise.all(selects.map((select) => select.boundingBox()));
          await fits(page);
          const name = `${look.name}-${screen}-${theme}`;
          const inSight = boxes.filter((box) => box !== null);
          differences.push(await differenceFromKept(name, picture, inSight));
        });
        assert.deepEqual(differences, [undefined, undefined]);
      });
    }
  }
});
