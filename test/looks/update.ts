// `npm run looks`: takes the pictures anew and keeps them. Look at each before it is committed.
import { keep } from './compare.ts';
import { looks } from './looks.ts';
import { openStudio, screens, takePicture, themes } from './take.ts';

const [only] = process.argv.slice(2);
await using stack = new AsyncDisposableStack();
const studio = await openStudio(stack);
for (const look of looks.filter(({ name }) => only === undefined || name === only)) {
  for (const theme of themes) {
    for (const screen of Object.keys(screens) as (keyof typeof screens)[]) {
      await studio.open(look, theme, screen, async (page) => {
        await keep(`${look.name}-${screen}-${theme}`, await takePicture(page));
      });
    }
  }
  console.log(look.name);
}
