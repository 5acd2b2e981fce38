import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { MalformedRow, readCsv } from './csv.ts';
import { readAccounts } from './account-rows.ts';
import { readTransfers } from './transfer-rows.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-csv-'));
});
after(() => rm(folder, { recursive: true }));

async function file(content: string | Buffer): Promise<string> {
  const path = join(folder, 'rows.csv');
  await writeFile(path, content);
  return path;
}

const rowsOf = async (content: string) =>
  (await Array.fromAsync(readCsv(await file(content), ['a', 'b']))).map(({ line, fields }) => [
    line,
    ...fields,
  ]);

test('rows carry the line on which they start, through quotes, CRLF, a byte order mark and empty lines', async () => {
  assert.deepEqual(await rowsOf('\uFEFFa,b\r\n1,"x, ""y"""\r\n\r\n"two\nlines",2\n3,ü\n\n\r\n'), [
    [2, '1', 'x, "y"'],
    [4, 'two\nlines', '2'],
    [6, '3', 'ü'],
  ]);
});

test('a file without rows has none, and one row may lack the line break', async () => {
  assert.deepEqual(await rowsOf('a,b\n'), []);
  assert.deepEqual(await rowsOf('a,b\n1,2'), [[2, '1', '2']]);
});

test('a malformed row is named with its line', async () => {
  const cases: [content: string, message: RegExp][] = [
    ['', /line 1: the header must be a,b$/],
    ['a;b\n1;2\n', /line 1: the header must be a,b$/],
    ['a,b,c\n', /line 1: the header/],
    ['b,a\n1,2\n', /line 1: the header/],
    ['a,b\n1,2\n1,2,3\n', /line 3: 3 columns, not 2$/],
    ['a,b\n1,2\n\n  \n', /line 4: 1 column, not 2$/],
    ['a,b\n1,"x"y\n', /line 2: a quote stands inside/],
    ['a,b\n1\n1,x"y\n', /line 2: 1 column, not 2$/],
    ['a,b\n1,x"y\n', /line 2: a quote stands inside/],
    ['a,b\n1,2\n1,"x\n2,3\n4,5\n', /line 3: a quote is opened and never closed/],
    [`a,b\n1,2\n1,"${'x\n'.repeat(40_000)}`, /line 3: the row is too long/],
  ];
  for (const [content, message] of cases) {
    await assert.rejects(rowsOf(content), (error) => {
      assert(error instanceof MalformedRow, String(error));
      return assert.match(error.message, message) === undefined;
    });
  }
});

test('a file that is not there is said to be missing', async () => {
  await assert.rejects(Array.fromAsync(readCsv(join(folder, 'none.csv'), ['a'])), {
    message: /none\.csv does not exist$/,
  });
  await assert.rejects(Array.fromAsync(readCsv(folder, ['a'])), { message: /is a folder; name a/ });
});

const header = 'key,source,destination,minor,currency,narration,time\n';
const transfersOf = async (row: string | Buffer) =>
  Array.fromAsync(
    readTransfers(await file(Buffer.concat([Buffer.from(header), Buffer.from(row)]))),
  );

test('a transfer row becomes an item of the batch request, with its time as a UTC instant', async () => {
  const rows = await transfersOf(
    'k1,bank:main,cp:7,9223372036854775807,EUR,"Müller, rent",2024-02-29\n' +
      'k2,cp:7,bank:main,1,NGN,,2024-02-29T23:30:00.5-01:00\nk3,a,b,5,USD,,\n',
  );
  assert.deepEqual(
    rows.map(({ item }) => item),
    [
      {
        key: 'k1',
        sourceAccountId: 'bank:main',
        destinationAccountId: 'cp:7',
        minor: '9223372036854775807',
        currency: 'EUR',
        narration: 'Müller, rent',
        effectiveAt: '2024-02-29T00:00:00.000Z',
      },
      {
        key: 'k2',
        sourceAccountId: 'cp:7',
        destinationAccountId: 'bank:main',
        minor: '1',
        currency: 'NGN',
        effectiveAt: '2024-03-01T00:30:00.500Z',
      },
      { key: 'k3', sourceAccountId: 'a', destinationAccountId: 'b', minor: '5', currency: 'USD' },
    ],
  );
});

test('a narration has at most 140 characters, however many bytes they take', async () => {
  const [row] = await transfersOf(`k,a,b,1,EUR,${'😀'.repeat(140)},\n`);
  assert.equal(row!.item.narration, '😀'.repeat(140));
  await assert.rejects(transfersOf(`k,a,b,1,EUR,${'ü'.repeat(141)},\n`), {
    message: /line 2: narration must be at most 140 characters, not "üüü/,
  });
});

test('each column of a transfer is checked, and the first wrong one is named', async () => {
  const cases: [row: string | Buffer, column: string][] = [
    [',a,b,1,EUR,,', 'key'],
    ['k k,a,b,1,EUR,,', 'key'],
    [`${'k'.repeat(256)},a,b,1,EUR,,`, 'key'],
    ['k,,b,1,EUR,,', 'source'],
    ['k,a/c,b,1,EUR,,', 'source'],
    ['k,a,b c,1,EUR,,', 'destination'],
    ...['', '0', '-5', '1.5', '1e3', '007', '+1', '1 ', '9223372036854775808'].map(
      (minor): [string, string] => [`k,a,b,${minor},EUR,,`, 'minor'],
    ),
    ['k,a,b,1,eur,,', 'currency'],
    ['k,a,b,1,EURO,,', 'currency'],
    ['k,a,b,1,EUR,a\0b,', 'narration'],
    [Buffer.from('k,a,b,1,EUR,caf\xE9,', 'latin1'), 'narration'],
    ['k,a,b,1,EUR,,2024-02-30', 'time'],
    ['k,a,b,1,EUR,,24/02/2024', 'time'],
    ['k,a,b,1,EUR,,2024-02-01T25:00:00Z', 'time'],
  ];
  for (const [row, column] of cases) {
    await assert.rejects(transfersOf(row), { message: new RegExp(`line 2: ${column} must be `) });
  }
});

const accountsOf = async (rows: string) =>
  Array.fromAsync(readAccounts(await file(`accountId,currency,minimumMinor\n${rows}`)));

test('an account row has a lower limit of at most 0, or none', async () => {
  const rows = await accountsOf('a,EUR,0\nb,EUR,-500\nc,EUR,\n');
  assert.deepEqual(
    rows.map(({ accountId, minimumMinor }) => [accountId, minimumMinor]),
    [
      ['a', '0'],
      ['b', '-500'],
      ['c', null],
    ],
  );
  await assert.rejects(accountsOf('a,EUR,5\n'), { message: /line 2: minimumMinor must be/ });
  await assert.rejects(accountsOf('a b,EUR,0\n'), { message: /line 2: accountId must be/ });
  await assert.rejects(accountsOf('a,EU,0\n'), { message: /line 2: currency must be/ });
});
