// Every screen of the phone app in both themes: everyone can read it (axe, WCAG 2.2 AA), nothing is wider than the
// screen, and it looks as it did when somebody last looked at it (test/looks/kept). With text of twice and three
// times the size nothing is cut off and nothing lies over anything else.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fits } from '../console.ts';
import { differenceFromKept } from '../looks/compare.ts';
import { takePicture } from '../looks/take.ts';
import { faultsOfLayout } from './layout.ts';
import { mobileLooks } from './looks.ts';
import { slowStart } from './phone.ts';
import { openMobileStudio, type MobileStudio } from './studio.ts';

describe('the phone app', { timeout: 600_000 }, () => {
  const resources = new AsyncDisposableStack();
  let studio: MobileStudio;
  before(async () => {
    studio = await openMobileStudio(resources);
  }, slowStart);
  after(() => resources.disposeAsync());

  for (const look of mobileLooks) {
    it(`${look.name} is readable by everyone and looks as before, in both themes`, async () => {
      await studio.open(look, async (page, theme) => {
        const picture = await takePicture(page);
        await fits(page);
        assert.deepEqual(await faultsOfLayout(page), []);
        const name = `mobile-${look.name}-${theme}`;
        assert.equal(await differenceFromKept(name, picture), undefined);
      });
    });
    for (const textScale of [2, 3]) {
      it(`${look.name} with text of ${textScale} times the size has nothing cut off`, async () => {
        await studio.openLarge(look, textScale, async (page) => {
          assert.deepEqual(await faultsOfLayout(page), []);
        });
      });
    }
  }
});
