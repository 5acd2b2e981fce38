import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { bareEnvironment } from '../bare-environment.ts';
import { startControl } from './controls/start.ts';

const program = fileURLToPath(new URL('program.ts', import.meta.url));

async function run(args: string[], env: Record<string, string> = { ATLAS_TOKEN: 'none' }) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...bareEnvironment, ...env },
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { output, errors, code: code as number };
}

test('as a command it says what it found, with examples, and exits with 1 when that is stale', async () => {
  await using control = await startControl('expiry-alone');
  const { payments, ledgers } = control.target;
  const { output, code } = await run([
    `--payments=${payments.join(',')}`,
    `--ledger=${ledgers.join(',')}`,
    '--checks=2000',
  ]);
  assert.match(output, /^\d{4,} reads checked in .*, \d+ transfers acknowledged$/m);
  assert.match(output, /^stale after an acknowledgement: [1-9]\d* \(\d+\.\d ppm\)/m);
  assert.match(output, /:\d+ at http:\S+: version \d+ although \d+ was acknowledged, for /);
  assert.equal(code, 1);
});

test('wrong use is told in one line, with the usage, and exits with 2', async () => {
  const wrong: [string[], RegExp][] = [
    [[], /^--payments must be http URLs, separated by commas, and not ""$/m],
    [['--payments=http://a', '--ledger=http://a,b'], /^--ledger must be .* and not "b"$/m],
    [
      ['--payments=http://a', '--ledger=http://a', '--checks=many'],
      /^--checks must be a whole number from 1 to 1000000000 and not "many"$/m,
    ],
    [['--cheques=1'], /^Unknown option '--cheques'; see --help$/m],
  ];
  for (const [args, line] of wrong) {
    const { errors, code } = await run(args);
    assert.match(errors, line);
    assert.match(errors, /^npm run stale-reads -- --payments URL/m);
    assert.equal(code, 2);
  }
  assert.match((await run([], {})).errors, /^ATLAS_TOKEN is not set$/m);
});
