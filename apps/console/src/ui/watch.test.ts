import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AtlasError } from '@atlas/client';
import { handClock, settled } from '../../../../packages/client/src/testing.ts';
import { createWatch, everyMs, keptMs } from './watch.ts';

const away = (retryAfterMs?: number) =>
  new AtlasError({ code: 'unavailable', status: 503, title: 'Away', detail: '', retryAfterMs });

/** A role that answers with how often it was asked, and a page that can be hidden. */
function watchOf() {
  const role = { asked: 0, ended: 0, answers: true, error: away() };
  const clock = handClock();
  let hidden = false;
  let sightChanged: (() => void) | undefined;
  const watch = createWatch<number>({
    clock,
    sight: {
      hidden: () => hidden,
      listen(onChange) {
        sightChanged = onChange;
        return () => (sightChanged = undefined);
      },
    },
    async ask(signal) {
      signal.addEventListener('abort', () => (role.ended += 1));
      role.asked += 1;
      if (!role.answers) throw role.error;
      return role.asked;
    },
  });
  const setHidden = (value: boolean) => {
    hidden = value;
    sightChanged?.();
  };
  return { role, clock, watch, setHidden, isWatchingSight: () => sightChanged !== undefined };
}

test('asks once a second while somebody listens, and not before or after', async () => {
  const { role, clock, watch, isWatchingSight } = watchOf();
  await clock.pass(5_000);
  assert.equal(role.asked, 0);
  const leave = watch.listen(() => undefined);
  await clock.pass(3 * everyMs);
  assert.equal(role.asked, 4);
  assert.deepEqual(
    watch.read().samples.map(({ value }) => value),
    [1, 2, 3, 4],
  );
  leave();
  await clock.pass(60_000);
  assert.equal(role.asked, 4);
  assert.equal(isWatchingSight(), false);
});

test('those who listen at the same time share one question', async () => {
  const { role, clock, watch } = watchOf();
  const leave = watch.listen(() => undefined);
  watch.listen(() => undefined);
  await clock.pass(everyMs);
  assert.equal(role.asked, 2);
  leave();
  await clock.pass(everyMs);
  assert.equal(role.asked, 3);
});

test('a hidden page asks nothing, and asks at once when it is seen again', async () => {
  const { role, clock, watch, setHidden } = watchOf();
  watch.listen(() => undefined);
  await settled();
  setHidden(true);
  await clock.pass(60_000);
  assert.equal(role.asked, 1);
  setHidden(false);
  await settled();
  assert.equal(role.asked, 2);
});

test('what is under way when the page is hidden is ended and shown to nobody', async () => {
  const { role, watch, setHidden } = watchOf();
  watch.listen(() => undefined);
  setHidden(true);
  await settled();
  assert.equal(role.ended, 1);
  assert.deepEqual(watch.read().samples, []);
});

test('goes on through an outage: the old figures stay, and the first failure is remembered', async () => {
  const { role, clock, watch } = watchOf();
  watch.listen(() => undefined);
  await settled();
  role.answers = false;
  await clock.pass(3 * everyMs);
  const { samples, failure } = watch.read();
  assert.equal(samples.length, 1);
  assert.equal(failure?.sinceMs, samples[0]!.atMs + everyMs);
  assert.equal(role.asked, 4);
  role.answers = true;
  await clock.pass(everyMs);
  assert.equal(watch.read().failure, undefined);
  assert.equal(watch.read().samples.length, 2);
});

test('leaves a role alone for as long as it asks', async () => {
  const { role, clock, watch } = watchOf();
  role.answers = false;
  role.error = away(4_000);
  watch.listen(() => undefined);
  await clock.pass(3_999);
  assert.equal(role.asked, 1);
  await clock.pass(1);
  assert.equal(role.asked, 2);
});

test('keeps five minutes and no more, also while nobody listens for a moment', async () => {
  const { clock, watch } = watchOf();
  const leave = watch.listen(() => undefined);
  await clock.pass(keptMs + 60_000);
  leave();
  watch.listen(() => undefined);
  await settled();
  const { samples } = watch.read();
  assert.equal(samples.at(-1)!.atMs - samples[0]!.atMs, keptMs);
});
