// `npm run looks [-- NAME]`: takes the pictures of the console and of the phone app anew and keeps them. Look at
// each before it is committed.
import { mobileLooks } from '../mobile/looks.ts';
import { openMobileStudio } from '../mobile/studio.ts';
import { keep } from './compare.ts';
import { looks } from './looks.ts';
import { openStudio, screens, takePicture, themes } from './take.ts';

const [only] = process.argv.slice(2);
await using stack = new AsyncDisposableStack();
const chosen = looks.filter(({ name }) => only === undefined || name === only);
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
const mobile = mobileLooks.filter(({ name }) =>
  [undefined, 'mobile', `mobile-${name}`].includes(only),
);
if (mobile.length > 0) {
  const studio = await openMobileStudio(stack);
  for (const look of mobile) {
    for (const theme of themes) {
      await studio.open(look, { theme }, async (page) => {
        await keep(`mobile-${look.name}-${theme}`, await takePicture(page));
      });
    }
    console.log(`mobile-${look.name}`);
  }
}
