// What every command of `atlas` is: its help, and a function from arguments and settings to an exit
// code. It throws for everything that goes wrong, so that src/atlas.ts alone decides what is printed.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Settings } from '../platform/settings.ts';

export interface Command {
  /** Lines of the help text: the call, then what it does. */
  readonly usage: string;
  /**
   * Resolves to the exit code, 0 or 1.
   * @throws UsageError for wrong use; Error with one clear line for a failure.
   */
  run(args: readonly string[], settings: Settings): Promise<number>;
}

/** Wrong use of a command, in one line; the exit code is 2. */
export class UsageError extends Error {}

/** Reads arguments strictly. @throws UsageError for an option that does not exist or lacks a value. */
export function readArguments<const T extends ParseArgsConfig>(
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS_')) throw error;
    const [sentence] = (error as Error).message.split(/\. |\.?\n/, 1);
    throw new UsageError(`${sentence}; see --help`, { cause: error });
  }
}

/** A positive whole number of an option. @throws UsageError naming the option. */
export function readPositive(option: string, text: string, max: number): number {
  const number = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 1 && number <= max) return number;
  throw new UsageError(`${option} must be a whole number from 1 to ${max} and not "${text}"`);
}
