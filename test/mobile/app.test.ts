// The phone app by itself: its types, its own tests, and what Expo makes of it for phones.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mobileApp, mobileExport } from '../engines/index.ts';
import { writeNativeProjects } from './expo.ts';

const timeout = 240_000;

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

test('the types of the phone app agree', { timeout }, async () => {
  const app = await mobileApp();
  const { code, output } = await run(app, 'typescript/bin/tsc', []);
  assert.equal(code, 0, output);
});

test('the components of the phone app do what its own tests say', { timeout }, async (t) => {
  const app = await mobileApp();
  const folder = await mkdtemp(join(tmpdir(), 'atlas-jest-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const report = join(folder, 'report.json');
  const { output } = await run(app, 'jest/bin/jest.js', [
    '--ci',
    '--maxWorkers=1',
    '--json',
    `--outputFile=${report}`,
  ]);
  const text = await readFile(report, 'utf8').catch(() => assert.fail(output));
  const { testResults } = JSON.parse(text) as JestReport;
  assert.ok(testResults.length > 0, output);
  for (const { name, message, assertionResults } of testResults) {
    assert.ok(assertionResults.length > 0, `${name}: ${message}`);
    for (const { title, status, failureMessages } of assertionResults) {
      await t.test(title, () => assert.equal(status, 'passed', failureMessages.join('\n')));
    }
  }
});

test(
  'Expo builds it for browsers, Android and iOS, with the hub client in each',
  { timeout },
  async () => {
    const folder = await mobileExport();
    const files = await readdir(folder, { recursive: true });
    for (const platform of ['web', 'android', 'ios']) {
      const bundle = files.find(
        (file) => file.includes(`/${platform}/`) && /\.(hbc|js)$/.test(file),
      );
      assert.ok(bundle !== undefined, files.join('\n'));
      const code = await readFile(join(folder, bundle), 'latin1');
      assert.match(code, /SubscribeMultipleBalances/);
    }
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    const [, icon] = /<link rel="icon" href="\/([^"]+)"/.exec(page) ?? assert.fail(page);
    assert.ok((await stat(join(folder, icon!))).size > 0);
  },
);

test(
  'Expo writes its projects for Xcode and Gradle, with the icon and what is seen while it opens',
  { timeout },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'atlas-native-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    await writeNativeProjects(await mobileApp(), folder);
    for (const file of [
      'android/app/src/main/res/mipmap-xxxhdpi/ic_launcher.webp',
      'android/app/src/main/res/mipmap-xxxhdpi/ic_launcher_monochrome.webp',
      'android/app/src/main/res/drawable-night-xxxhdpi/splashscreen_logo.png',
      'ios/Atlas/Images.xcassets/AppIcon.appiconset/App-Icon-1024x1024@1x.png',
      'ios/Atlas/Images.xcassets/SplashScreenLogo.imageset/dark_image@3x.png',
    ]) {
      assert.ok((await stat(join(folder, file))).size > 0, file);
    }
  },
);

function run(app: string, program: string, args: readonly string[]) {
  return new Promise<{ code: number | string; output: string }>((resolve) => {
    const file = join(app, 'node_modules', program);
    const options = { cwd: app, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [file, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, output: stdout + stderr });
    });
  });
}
