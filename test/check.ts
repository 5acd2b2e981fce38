// `npm run check`: everything about the sources that can be judged without running Atlas. Each step
// counts as a test, so that the closing line reads like that of `npm test`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closingLine, type Counts } from './counts.ts';

const root = join(import.meta.dirname, '..');

/** What runs, in this order: a tool of node_modules, or a TypeScript file of ours, with arguments. */
const steps: Record<string, [tool: string, ...args: string[]]> = {
  'the format is that of oxfmt': ['oxfmt', '--check', '.'],
  'the types of the server, the packages and the tests agree': ['tsc', '-p', '.'],
  'the SignalR package compiles for Node 20': [
    'tsc',
    '-p',
    'packages/signalr/tsconfig.build.json',
    '--noEmit',
  ],
  'the client compiles without Node': [
    'tsc',
    '-p',
    'packages/client/tsconfig.build.json',
    '--noEmit',
  ],
  'the types of the console agree': ['tsc', '-p', 'apps/console'],
  'the linter has nothing to say': ['oxlint', '--type-aware', '--deny-warnings', '.'],
  'the OpenAPI documents are valid and those of the routes': ['test/openapi.ts', '--check'],
};

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const [name, [tool, ...args]] of Object.entries(steps)) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [pathOf(tool), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
  });
  const passed = status === 0;
  counts[passed ? 'passed' : 'failed'] += 1;
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(`${passed ? '✔' : '✖'} ${name} (${[tool, ...args].join(' ')}, ${seconds} s)`);
  if (!passed) console.log(`${stdout}${stderr}`.trimEnd());
}
console.log(closingLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;

function pathOf(tool: string): string {
  if (tool.endsWith('.ts')) return join(root, tool);
  const folder = join(root, 'node_modules', tool === 'tsc' ? 'typescript' : tool);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  return join(folder, typeof bin === 'string' ? bin : (bin[tool] ?? ''));
}
