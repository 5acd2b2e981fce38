// Writes what was refused to the log: each kind once a second at most, with how often it was, because a
// flood of refusals must not become a flood of lines.
import type { Log } from './logs.ts';

const everyMs = 1_000;

export interface RefusalLines {
  /** `fields` tell the kind; `latest` is shown of the last one only. */
  add(fields: Readonly<Record<string, string>>, latest?: Readonly<Record<string, unknown>>): void;
}

export function createRefusalLines(log: Log, message: string): RefusalLines {
  const lines = new Map<string, { times: number; fields: object }>();

  function write(): void {
    for (const { times, fields } of lines.values()) log.warn({ ...fields, times }, message);
    lines.clear();
  }

  return {
    add(fields, latest) {
      if (lines.size === 0) setTimeout(write, everyMs).unref();
      const kind = Object.values(fields).join(' ');
      const times = (lines.get(kind)?.times ?? 0) + 1;
      lines.set(kind, { times, fields: { ...fields, ...latest } });
    },
  };
}
