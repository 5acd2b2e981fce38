import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localOrigins, originAllowed, requireOrigins } from './origins.ts';
import { SettingError } from './settings.ts';

test('every port of a host is allowed by its rule, and nothing that only looks like it', () => {
  for (const origin of ['http://localhost', 'http://localhost:8081', 'http://127.0.0.1:3000']) {
    assert.equal(originAllowed(origin, localOrigins), true, origin);
  }
  for (const origin of [
    'https://localhost:8081',
    'http://localhost.evil.example',
    'http://localhost:8081.evil.example',
    'http://localhost:',
    'http://localhost:80/x',
    'null',
  ]) {
    assert.equal(originAllowed(origin, localOrigins), false, origin);
  }
  assert.equal(originAllowed('https://app.example', ['https://app.example']), true);
  assert.equal(originAllowed('https://app.example:444', ['https://app.example']), false);
});

test('a rule that is no origin stops the start', () => {
  const rules = ['https://app.example', 'http://localhost:*', 'capacitor://localhost'];
  assert.deepEqual(requireOrigins(rules), rules);
  for (const rule of ['*', 'app.example', 'https://app.example/', 'https://*.example', 'null']) {
    assert.throws(() => requireOrigins([rule]), SettingError, rule);
  }
});
