// Counts what a run of node:test reports. Each test counts once: a suite or a test that failed only
// because of the tests inside it does not count again, and a file without a test is a failure,
// because whoever wrote it believes that it tests something.
import type { TestEvent } from 'node:test/reporters';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Passes the events on and adds them to the counts. */
export async function* countTests(
  events: AsyncIterable<TestEvent>,
  counts: Counts,
): AsyncGenerator<TestEvent> {
  for await (const given of events) {
    const event = isEmptyFile(given) ? asFailure(given) : given;
    const result = resultOf(event);
    if (result !== undefined) counts[result] += 1;
    yield event;
  }
}

function resultOf({ type, data }: TestEvent): keyof Counts | undefined {
  if (type === 'test:fail') {
    if (data.todo !== undefined) return 'skipped';
    const error = data.details.error as { failureType?: string };
    return error.failureType === 'subtestsFailed' ? undefined : 'failed';
  }
  if (type === 'test:pass') {
    if (data.skip !== undefined || data.todo !== undefined) return 'skipped';
    return data.details.type === 'suite' ? undefined : 'passed';
  }
  return undefined;
}

type Pass = Extract<TestEvent, { type: 'test:pass' }>;

/** node:test reports a file without a test as a test that bears the file's name. */
function isEmptyFile(event: TestEvent): event is Pass {
  if (event.type !== 'test:pass') return false;
  return event.data.nesting === 0 && event.data.name === event.data.file;
}

function asFailure({ data }: Pass): TestEvent {
  // node:test's own failures wrap the error that was thrown; nothing was thrown here.
  const error = new Error('no test in this file') as Error & { cause: Error };
  delete error.stack;
  return { type: 'test:fail', data: { ...data, details: { ...data.details, error } } };
}

/** The closing line, for example `12 passed, 0 failed` or `12 passed, 0 failed, 1 skipped`. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
