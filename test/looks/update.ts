// `npm run looks [-- NAME…]`: takes the pictures of the console and of the phone app anew and keeps them. Look at
// each before it is committed.
import { mobileLooks } from '../mobile/looks.ts';
import { openMobileStudio } from '../mobile/studio.ts';
import { keep } from './compare.ts';
import { looks } from './looks.ts';
import { openStudio, screens, takePicture } from './take.ts';

const only = new Set(process.argv.slice(2));
const isChosen = (...names: string[]) => only.size === 0 || names.some((name) => only.has(name));
await using stack = new AsyncDisposableStack();
const chosen = looks.filter(({ name }) => isChosen(name));
if (chosen.length > 0) {
  const studio = await openStudio(stack);
  for (const look of chosen) {
    for (const screen of Object.keys(screens) as (keyof typeof screens)[]) {
      await studio.open(look, screen, async (page, theme) => {
        await keep(`${look.name}-${screen}-${theme}`, await takePicture(page));
      });
    }
    console.log(look.name);
  }
}
const mobile = mobileLooks.filter(({ name }) => isChosen('mobile', `mobile-${name}`));
if (mobile.length > 0) {
  const studio = await openMobileStudio(stack);
  for (const look of mobile) {
    await studio.open(look, async (page, theme) => {
      await keep(`mobile-${look.name}-${theme}`, await takePicture(page));
    });
    console.log(`mobile-${look.name}`);
  }
}
