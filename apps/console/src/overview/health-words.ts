// States and engines in words.
import type { EngineHealth, RoleHealth } from '@atlas/client';

export type AnyState = RoleHealth['state'] | EngineHealth['state'];

/** Tone and word of each. */
export const stateWords: Readonly<Record<AnyState, readonly [string, string]>> = {
  ready: ['good', 'Ready'],
  not_ready: ['bad', 'Not ready'],
  unanswered: ['bad', 'No answer'],
  absent: ['bad', 'Absent'],
  up: ['good', 'Up'],
  partly: ['wait', 'Partly up'],
  down: ['bad', 'Down'],
};

export const needWords: Readonly<Record<EngineHealth['need'], string>> = {
  book: 'Book',
  events: 'Event log',
  cache: 'Cache',
};

/** One that is not here yet goes by its own name. */
export const engineWords: Readonly<Record<string, string>> = {
  postgres: 'PostgreSQL',
  pglite: 'PGlite, embedded',
  kafka: 'Kafka',
  outbox: 'outbox, embedded',
  redis: 'Redis',
  memory: 'memory, embedded',
};
