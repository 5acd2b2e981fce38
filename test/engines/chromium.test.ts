import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chromium as playwright } from 'playwright-core';
import { chromium } from './index.ts';

test('a test gets a real Chromium that runs a page', async () => {
  const browser = await playwright.launch(await chromium());
  try {
    const page = await browser.newPage();
    await page.setContent('<title>Atlas</title>');
    assert.equal(await page.title(), 'Atlas');
  } finally {
    await browser.close();
  }
});
