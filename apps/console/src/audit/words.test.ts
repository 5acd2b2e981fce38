import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditActions } from '../../../../src/contracts/control.ts';
import { deedOf, deeds, objectOf, outcomeOf } from './words.ts';

test('every action that can be recorded has its words', () => {
  for (const action of auditActions) assert.notEqual(deedOf({ action }), action);
  assert.equal(Object.keys(deeds).length, auditActions.length);
});

test('an end is no failure, a refusal and a code are', () => {
  assert.equal(outcomeOf({ action: 'hub.close', code: 'client_closed' }).word, 'Ended');
  assert.equal(outcomeOf({ action: 'hub.refuse', code: 'forbidden' }).word, 'Refused');
  assert.equal(outcomeOf({ action: 'operator.disconnect', code: 'not_found' }).word, 'Failed');
  assert.equal(outcomeOf({ action: 'operator.disconnect', code: null }).word, 'Done');
});

test('a deed is told with the accounts it is about, else with what was noted of it', () => {
  assert.equal(objectOf({ accountIds: ['a'], details: { x: '1' } }), 'a');
  assert.equal(objectOf({ accountIds: ['a', 'b', 'c'], details: {} }), 'a and 2 more');
  assert.equal(
    objectOf({ accountIds: [], details: { subject: 'ada', session: 'all' } }),
    'ada, all',
  );
  assert.equal(objectOf({ accountIds: [], details: {} }), '');
});
