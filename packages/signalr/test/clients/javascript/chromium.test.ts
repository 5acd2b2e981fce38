import { after } from 'node:test';
import { chromium as playwright } from 'playwright-core';
import { chromium } from '../../../../../test/engines/index.ts';
import type { Driver } from '../command.ts';
import { testConformance } from '../conformance.ts';
import { servePage } from './page.ts';
import { ways } from './ways.ts';

const repeats = { reconnecting: 'the browser itself repeats a poll that was cut' };
const waysOfBrowser = ways.map((way) =>
  way.transport === 'LongPolling' ? { ...way, lacks: repeats } : way,
);

testConformance(
  { name: 'the official JavaScript client in Chromium', ways: waysOfBrowser },
  startPage,
);

const started = Promise.all([
  chromium().then((options) => playwright.launch(options)),
  servePage(),
]);
after(async () => {
  const [browser, served] = await started;
  await browser.close();
  await served[Symbol.asyncDispose]();
});

/** A page of its own for each way, in one browser. */
async function startPage(): Promise<Driver> {
  const [browser, { url }] = await started;
  const page = await browser.newPage();
  await page.goto(url);
  return {
    run: (client, command) =>
      page.evaluate(({ client, command }) => globalThis.run(client, command), { client, command }),
    [Symbol.asyncDispose]: () => page.close(),
  };
}

declare global {
  /** In the page. */
  var run: Driver['run'];
}
