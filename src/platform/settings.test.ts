import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  SettingError,
  describeSettings,
  readSettings,
  settings,
  type Setting,
} from './settings.ts';

test('what is not set, or empty, has its default', () => {
  const settings = readSettings({ ATLAS_HOST: ' ', REDIS: '' });
  assert.equal(settings.ATLAS_HOST, '127.0.0.1');
  assert.equal(settings.REDIS, undefined);
  assert.deepEqual([settings.LS_RATE_PER_SEC, settings.LS_BURST], [400, 800]);
  assert.equal(settings.TOPIC_BALANCE_UPDATES, 'balance-updates');
});

test('a role is looked for where its own port has been moved to, unless an address is set', () => {
  const ports = {
    ATLAS_GATEWAY_PORT: '15080',
    ATLAS_PAYMENTS_PORT: '15191',
    ATLAS_LEDGER_PORT: '16181',
    ATLAS_CORE_PORT: '16182',
    ATLAS_REALTIME_PORT: '15851',
  };
  const addresses = ({ ...settings }: ReturnType<typeof readSettings>) => [
    settings.ATLAS_URL,
    settings.PAYMENTS_URL,
    settings.LEDGER_URL,
    settings.LEDGER_INTERNAL,
    settings.REALTIME_URL,
  ];
  const at = (...numbers: number[]) => numbers.map((port) => `http://127.0.0.1:${port}`);
  assert.deepEqual(addresses(readSettings({})), at(5080, 5191, 6181, 6182, 5851));
  assert.deepEqual(addresses(readSettings(ports)), at(15080, 15191, 16181, 16182, 15851));
  const set = readSettings({ ...ports, LEDGER_URL: 'http://ledger:6181' });
  assert.equal(set.LEDGER_URL, 'http://ledger:6181');
  assert.equal(readSettings({ ATLAS_CORE_PORT: '0' }).LEDGER_INTERNAL, 'http://127.0.0.1:6182');
});

test('an unknown or malformed setting is one line that names it, and shows no secret', () => {
  const messageOf = (environment: Record<string, string>) => {
    try {
      readSettings(environment);
    } catch (error) {
      assert.ok(error instanceof SettingError);
      assert.equal(error.message.includes('\n'), false);
      return error.message;
    }
    return assert.fail('it was accepted');
  };
  for (const [name, value] of [
    ['ATLAS_PROT', '1'],
    ['LS_RATE', '400'],
    ['CACHE_TTL', '5'],
    ['LS_RATE_PER_SEC', '0'],
    ['LS_RATE_PER_SEC', '1e3'],
    ['ATLAS_GATEWAY_PORT', '65536'],
    ['ATLAS_DEV', 'yes'],
    ['ATLAS_LOG_LEVEL', 'loud'],
    ['DATABASE_URL', 'user:secret@host'],
  ] as const) {
    const message = messageOf({ [name]: value });
    assert.ok(message.startsWith(name), message);
    assert.equal(message.includes('secret'), false);
  }
});

test('the help lists every setting, a line each, with its default', () => {
  const lines = describeSettings().split('\n');
  for (const [name, value] of [
    ['DATABASE_URL', ''],
    ['LS_BURST', '[800]'],
    ['LEDGER_INTERNAL', '[http://127.0.0.1:6182]'],
  ] as const) {
    const line = lines.find((text) => text.startsWith(`${name} `));
    assert.ok(line?.includes(value), name);
  }
});

test('docs/settings.md has every setting, with its default and meaning, and no other', async () => {
  const text = await readFile(new URL('../../docs/settings.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  const cells = rows.map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
  const wanted = Object.entries<Setting>(settings).map(([name, setting]) => [
    `\`${name}\``,
    setting.default === undefined ? '' : `\`${setting.default}\``,
    setting.meaning,
  ]);
  assert.deepEqual(cells, wanted);
});
