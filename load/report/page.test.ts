import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium as playwright, type Browser } from 'playwright-core';
import { chromium } from '../../test/engines/index.ts';
import { judgeBars } from '../bars.ts';
import { thisMachine, type LoadReport } from '../result.ts';
import { scenarios } from '../scenarios/index.ts';
import { spike } from '../shapes.ts';
import { madeClass, madeFacts } from '../testing.ts';
import { reportPage } from './page.ts';

const hostile = '</title><script>document.title = "taken"</script>';

function made(): LoadReport {
  const { phases } = spike({ perSecond: 20, seconds: 12 });
  const arrivals = Array.from({ length: 240 }, (_, index) => ({
    dueAtMs: index * 50,
    latencyMs: index % 7 === 0 ? undefined : 2 + (index % 90),
  }));
  const facts = madeFacts(
    { normal: madeClass(arrivals), critical: madeClass(arrivals.slice(0, 100)) },
    {
      phases,
      server: Array.from({ length: 13 }, (_, second) => ({
        atMs: second * 1_000 + 5,
        cpuSeconds: second * 0.4,
        cache: { reads: second * 100, hits: second * 95, databaseCalls: second * 5 },
        shedding: {
          tokensAvailable: 800 - second * 20,
          ratePerSecond: 400,
          inFlight: second,
          inFlightLimit: 64,
          admitted: second * 17,
          shed: { normal: { inFlight: second * 3 }, bulk: { anything: second } },
        },
      })),
    },
  );
  return {
    ...facts,
    command: `atlas load shedding --during "${hostile}"`,
    date: '2026-11-25T12:00:00.000Z',
    machine: thisMachine(),
    scenario: 'shedding',
    about: 'made by hand',
    settings: { scale: 0.25, shape: 'spike', url: hostile },
    verdicts: judgeBars(scenarios.shedding.bars, facts),
  };
}

let browser: Browser;
let folder: string;
let file: string;
before(async () => {
  browser = await playwright.launch(await chromium());
  folder = await mkdtemp(join(tmpdir(), 'atlas-report-'));
  file = join(folder, 'report.html');
  await writeFile(file, reportPage(made()));
});
after(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

for (const [what, options] of [
  ['at a desk by day', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
  ['at a desk by night', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
  ['on a phone', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
] as const) {
  test(`the report is read ${what}: nothing overflows, nothing is hard to see`, async () => {
    const context = await browser.newContext({ ...options, offline: true });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`file://${file}`);
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
      [],
    );
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.equal(overflow, 0);
    assert.deepEqual(asked, [`file://${file}`]);
    await context.close();
  });
}

test('each plot stands beside its numbers, for the generator and for the server', async () => {
  const page = await browser.newPage();
  await page.goto(`file://${file}`);
  assert.deepEqual(await page.locator('h2').allInnerTexts(), [
    'Arrivals and answers a second',
    'Latency from the scheduled time ms, by the second in which it was due',
    'In flight requests',
    'Shed by class requests a second',
    'Tokens in the bucket tokens',
    'Cache a second',
    'CPU cores',
  ]);
  for (const section of await page.locator('section:has(h2)').all()) {
    assert.equal(await section.locator('figure > svg[role=img] path.line').first().count(), 1);
    assert.ok((await section.locator('tbody tr').count()) >= 2);
  }
  const shed = page.locator('section', { hasText: 'Shed by class' });
  const names = (await shed.locator('.legend li').allInnerTexts()).map((name) => name.trim());
  assert.deepEqual(names, [
    'normal',
    'critical',
    'server: normal, inFlight',
    'server: bulk, anything',
  ]);
  await page.close();
});

test('what a command line says is text on the page and nothing else', async () => {
  const page = await browser.newPage();
  await page.goto(`file://${file}`);
  assert.equal(await page.title(), 'atlas load shedding, 2026-11-25 12:00');
  assert.match(await page.locator('code').innerText(), /<script>/);
  await page.close();
});
