// The client as one file, as bundlers make it for browsers and phones.
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';

export interface Bundle {
  readonly code: string;
  /** What the bundler was asked for and could not find in files: Node's own modules, for one. */
  readonly missing: readonly string[];
}

/** A script that puts the client's exports on `Atlas`. */
export async function bundle(): Promise<Bundle> {
  const missing: string[] = [];
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root: join(import.meta.dirname, '..'),
    build: {
      write: false,
      lib: { entry: 'src/index.ts', formats: ['iife'], name: 'Atlas' },
      rolldownOptions: { platform: 'neutral' },
    },
    plugins: [
      {
        name: 'note-what-is-missing',
        enforce: 'pre',
        resolveId(source) {
          if (isBuiltin(source)) missing.push(source);
          return null;
        },
      },
    ],
  });
  const [output] = result as Rolldown.RolldownOutput[];
  const [chunk] = output!.output;
  return { code: chunk.code, missing };
}
