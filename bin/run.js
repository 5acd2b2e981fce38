// Runs a TypeScript file of this repository: node bin/run.js FILE [arguments].
import { become, giveUp, prepare } from './runtime.js';

const [file, ...args] = process.argv.slice(2);
if (file === undefined) giveUp('usage: node bin/run.js FILE [arguments]', 2);
await become(prepare(), [file, ...args]);
