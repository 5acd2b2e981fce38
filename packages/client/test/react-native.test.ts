// React Native is neither a browser nor Node: the client must ask for nothing that it does not have.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import type { AtlasClient, LiveBalance } from '@atlas/client';
import { columns, startSystem, type System } from '../../../test/system.ts';
import { until } from './atlas.ts';
import { bundle, type Bundle } from './bundle.ts';

describe('the client on a phone', () => {
  let system: System;
  let bundled: Bundle;
  before(async () => {
    [system, bundled] = await Promise.all([startSystem(columns[0]!), bundle()]);
  });
  after(() => system[Symbol.asyncDispose]());

  it('bundles for a platform of no kind, without any module of Node', () => {
    assert.deepEqual(bundled.missing, []);
  });

  it('opens, pays and shows a live balance with the globals that React Native has', async () => {
    const context = createContext({
      ...phone,
      token: await system.token(),
      url: system.urls.gateway,
    });
    runInContext(
      `var window = globalThis; ${bundled.code}; var newKey = () => 'phone-1';`,
      context,
    );
    const atlas = runInContext(
      'Atlas.createClient({ url, token, newKey })',
      context,
    ) as AtlasClient;
    await atlas.accounts.open('mint', { currency: 'EUR', minimumMinor: null });
    await atlas.accounts.open('ada', { currency: 'EUR' });
    const balance = atlas.live.balance('ada');
    await until(balance, ({ freshness }) => freshness === 'live');
    const { key, destination } = await atlas.transfers.post({
      sourceAccountId: 'mint',
      destinationAccountId: 'ada',
      minor: 5n,
      currency: 'EUR',
    });
    assert.equal(key, 'phone-1');
    const paid = (value: LiveBalance) => value.balance?.version === destination.version;
    assert.equal((await until(balance, paid)).balance?.availableMinor, 5n);
    atlas.close();
  });

  it('asks for a source of keys where there is no good randomness, instead of using a bad one', async () => {
    const context = createContext({ ...phone });
    runInContext(`var window = globalThis; ${bundled.code}`, context);
    const atlas = runInContext(`Atlas.createClient({ url: 'http://x', token: 't' })`, context);
    await assert.rejects(
      (atlas as AtlasClient).transfers.post({
        sourceAccountId: 'a',
        destinationAccountId: 'b',
        minor: 1n,
        currency: 'EUR',
      }),
      /pass `newKey` to createClient/,
    );
  });
});

/** No crypto, document or process, no AbortSignal.any or AbortSignal.timeout. */
const phone = {
  fetch,
  WebSocket,
  AbortController,
  Headers,
  URL,
  URLSearchParams,
  console,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  atob,
  TextEncoder,
  TextDecoder,
  navigator: { product: 'ReactNative', userAgent: '' },
};
