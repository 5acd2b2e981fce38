import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { readSettings, SettingError } from '../settings.ts';
import { Callers, callerOf, privateNetworks } from './callers.ts';
import { serverLimits } from './limits.ts';

function forwarded(peer: string, path?: string, proxies = privateNetworks): string | undefined {
  const headers = path === undefined ? {} : { 'x-forwarded-for': path };
  const request = { headers, socket: { remoteAddress: peer } } as unknown as IncomingMessage;
  return new Callers(proxies).forwarded(request);
}

test('what a caller claims who comes directly counts for nothing', () => {
  assert.equal(forwarded('203.0.113.7'), undefined);
  assert.equal(forwarded('203.0.113.7', '198.51.100.1'), undefined);
  assert.equal(forwarded('::ffff:203.0.113.7', '198.51.100.1'), undefined);
});

test('behind trusted proxies the caller is the last address that is none of them', () => {
  assert.equal(forwarded('127.0.0.1', '198.51.100.1'), '198.51.100.1');
  assert.equal(forwarded('10.0.0.9', '198.51.100.1, 203.0.113.7, 10.1.2.3'), '203.0.113.7');
  assert.equal(forwarded('192.168.1.1', 'made up, 2001:db8::1'), '2001:db8:0:0::/64');
  assert.equal(forwarded('203.0.113.9', '198.51.100.1', ['203.0.113.0/24']), '198.51.100.1');
});

test('a request of a role of ours has no caller', () => {
  assert.equal(forwarded('127.0.0.1'), undefined);
  assert.equal(forwarded('10.0.0.9', '10.0.0.8'), undefined);
  assert.equal(forwarded('10.0.0.9', 'unknown'), undefined);
});

test('of IPv6 a network of 64 bits is one caller', () => {
  assert.equal(callerOf('2001:db8:1:2:3:4:5:6'), callerOf('2001:db8:1:2::9'));
  assert.notEqual(callerOf('2001:db8:1:2::9'), callerOf('2001:db8:1:3::9'));
  assert.equal(callerOf('::1'), '0:0:0:0::/64');
  assert.equal(callerOf('203.0.113.7'), '203.0.113.7');
});

test('what is no network stops the start with one line', () => {
  for (const wrong of ['10.0.0.0/33', 'proxy.example', '::1/129', '1.2.3.4/a']) {
    const settings = readSettings({ ATLAS_TRUSTED_PROXIES: wrong });
    assert.throws(() => serverLimits(settings), SettingError, wrong);
  }
});
