// `atlas load` as its users run it: a process of its own against a whole Atlas over HTTP and the hub.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import type { LoadReport } from '../load/result.ts';
import { scenarios } from '../load/scenarios/index.ts';
import type { Scenario } from '../load/scenarios/scenario.ts';
import { bareEnvironment } from './bare-environment.ts';
import { forget, reap } from './engines/index.ts';
import { columns, startSystem, type System } from './system.ts';

/** Each run is seconds long, but on a machine that is busy its start alone may take as long again. */
const timeout = 180_000;
const program = join(import.meta.dirname, '..', 'src', 'atlas.ts');
const stack = new AsyncDisposableStack();
let system: System;
let token: string;
let folder: string;

before(async () => {
  system = stack.use(await startSystem(columns[0]!, { LS_RATE_PER_SEC: '100', LS_BURST: '10000' }));
  token = await system.token();
  folder = await mkdtemp(join(tmpdir(), 'atlas-load-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
});
after(() => stack.disposeAsync());

async function load(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  return ended(start(args, more));
}

function start(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, 'load', ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...bareEnvironment,
        ATLAS_URL: system.urls.gateway,
        ATLAS_TOKEN: token,
        ATLAS_DATA: folder,
        ...more,
      },
    },
  );
  reap(child.pid!);
  return child;
}

async function ended(child: ReturnType<typeof start>) {
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  forget(child.pid!);
  return { output, errors, code: code as number };
}

for (const [name, { bars, screens }] of Object.entries<Scenario>(scenarios)) {
  test(
    `${name}: a short run against a whole Atlas has its figures, verdicts and files`,
    { timeout },
    async () => {
      const out = join(folder, name);
      const options = `--rate 40 --seconds 2 --accounts 50 --retry none --out ${out}`;
      const line = [
        name,
        ...options.split(' '),
        ...(screens === undefined ? [] : ['--screens', '10']),
      ];
      const { output, errors, code } = await load(line);
      assert.equal(errors, '');
      const files = await readdir(out);
      const fileOf = (ending: string) =>
        join(
          out,
          files.find((file) => file.endsWith(ending))!,
        );
      const report = JSON.parse(await readFile(fileOf('.json'), 'utf8')) as LoadReport;
      // On a machine that is busy with other tests a bar may be missed or the run be void: then it says so.
      const isVoid = report.load.voidBecause.length > 0;
      const isGood = !isVoid && report.verdicts.every(({ isKept }) => isKept);
      assert.equal(code, isGood ? 0 : 1, output);
      assert.equal(/^VOID/m.test(output), isVoid);

      assert.equal(report.command, `atlas load ${line.join(' ')}`);
      assert.equal(report.settings['accounts'], 50);
      assert.ok(report.machine.cores > 0);
      assert.deepEqual(
        report.verdicts.map(({ what }) => what),
        bars.map(({ what }) => what),
      );
      for (const { what, value } of report.verdicts) {
        assert.ok(value !== null, `${what} was not measured`);
        assert.ok(output.includes(what));
      }
      for (const [className, figures] of Object.entries(report.load.classes)) {
        assert.equal(figures.sent, figures.offered, className);
        assert.equal(figures.requests.refused, 0, JSON.stringify(figures.codes));
        assert.ok(figures.offered === 0 || figures.served > 0, JSON.stringify(figures.codes));
      }
      assert.ok(report.server.every(({ shedding, cache }) => shedding && cache));
      assert.ok(report.server.at(-1)!.cpuSeconds! > 0);
      if (screens !== undefined) {
        assert.equal(report.screens!.missing, 0);
        assert.ok(report.screens!.changeToScreen.count > 0);
      }
      assert.match(await readFile(fileOf('.html'), 'utf8'), /<svg viewBox/);
    },
  );
}

test(
  'the knee is found first when the scale is auto, and not beyond what the server admits',
  { timeout },
  async () => {
    const { output, errors } = await load('transfers --seconds 1 --accounts 20'.split(' '));
    assert.equal(errors, '');
    const tried = [...output.matchAll(/finding the knee: (\d+)\/s is (?:carried|too much)/g)];
    assert.ok(tried.length >= 1, output);
    assert.ok(
      tried.every(([, perSecond]) => Number(perSecond) <= 100),
      output,
    );
    assert.match(output, /ramp up to (7\d|6\d|5\d)\/s \(scale 0\.01\d\) for 1 s/);
  },
);

test(
  'a brown-out runs the command that slows the platform, and ends it with its phase',
  { timeout },
  async () => {
    const marks = join(folder, 'marks');
    const during = `echo began >> ${marks}; trap 'echo ended >> ${marks}; exit' TERM; sleep 60 & wait`;
    const { errors, output } = await load([
      ...'transfers --rate 20 --seconds 4 --accounts 20 --shape brown-out --during'.split(' '),
      during,
    ]);
    assert.equal(errors, '');
    assert.match(output, /brown-out up to 20\/s/);
    assert.equal(await readFile(marks, 'utf8'), 'began\nended\n');
  },
);

test(
  'without such a command importers slow it, and their transfers are posted',
  { timeout },
  async () => {
    const { errors, output } = await load(
      'transfers --rate 20 --seconds 4 --accounts 20 --retry none --shape brown-out'.split(' '),
    );
    assert.equal(errors, '');
    assert.match(output, /brown-out up to 20\/s/);
  },
);

test(
  'nobody there, a bad token and wrong use are one line each, with their exit codes',
  { timeout },
  async () => {
    for (const [line, more, exitCode, message] of [
      ['reads', { ATLAS_URL: 'http://127.0.0.1:1' }, 1, /no Atlas answers at/],
      ['reads --seconds 1', { ATLAS_TOKEN: 'nonsense' }, 1, /unauthenticated/],
      ['fly', {}, 2, /one scenario/],
    ] as const) {
      const { code, errors } = await load(line.split(' '), more);
      assert.equal(code, exitCode, errors);
      assert.match(errors, message);
      assert.equal(errors.trimEnd().split('\n').length, 1);
    }
  },
);

for (const [when, args, said, outcome] of [
  ['opens accounts', 'reads --rate 9 --accounts 100000', /^opening/m, /ended before the run began/],
  ['looks for the knee', 'reads --accounts 100', /^finding/m, /ended before the run began/],
  ['runs', 'reads --rate 40 --seconds 100 --accounts 50', /^ +1 s/m, /VOID: it was ended after/],
] as const) {
  test(
    `Ctrl-C while it ${when} ends it at once, and nothing passes for a result`,
    { timeout },
    async () => {
      const child = start([...args.split(' '), '--out', join(folder, when)]);
      let output = '';
      child.stdout.on('data', (text) => {
        output += text;
        if (!child.killed && said.test(output)) child.kill('SIGINT');
      });
      const { errors, code } = await ended(child);
      assert.equal(code, 1);
      assert.match(output + errors, outcome);
      assert.ok(errors.trimEnd().split('\n').length <= 1, errors);
      for (const file of await readdir(join(folder, when))) {
        const text = await readFile(join(folder, when, file), 'utf8');
        assert.match(text, /it was ended after/);
        assert.doesNotMatch(text, /Every bar was kept/);
      }
    },
  );
}

test('a folder that cannot be made or written to is told before anything is sent', async () => {
  const file = join(folder, 'in-the-way');
  await writeFile(file, '');
  for (const [out, what] of [
    [join(file, 'x'), /^atlas: --out: ENOTDIR.*\n$/],
    // Not even by whoever may write everywhere.
    ...(process.platform === 'linux' ? [['/proc/self', /^atlas: --out: E.*\n$/] as const] : []),
  ] as const) {
    const { code, errors, output } = await load(['reads', '--rate', '9', '--out', out]);
    assert.equal(`${code} ${output}`, '2 ');
    assert.match(errors, what);
  }
});
