#!/usr/bin/env node
// The command `atlas`. With --watch as its first argument it starts again whenever a source changes.
import { join } from 'node:path';
import { buildConsole } from './console.js';
import { become, prepare, root } from './runtime.js';

// Folders rather than what is imported: statements in .sql files count as well.
const watched = ['src', 'packages'].map((folder) => join(root, folder));

const args = process.argv.slice(2);
const watch = args[0] === '--watch';
if (watch) args.shift();
const node = prepare();
if (args[0] === 'up') buildConsole(node);
const flags = watch
  ? ['--watch-preserve-output', ...watched.map((path) => `--watch-path=${path}`)]
  : [];
await become(node, [...flags, join(root, 'src', 'atlas.ts'), ...args]);
