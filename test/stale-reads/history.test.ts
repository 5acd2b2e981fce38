import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { History, absent } from './history.ts';

const body = (bookedMinor: number, more = '') => `{"bookedMinor":"${bookedMinor}"${more}}`;

function opened(...accountIds: string[]): History {
  const history = new History();
  for (const id of accountIds) history.opened(id, 0);
  return history;
}

/** Two accounts: 5 from a to b at 1 ms, then 7 at 2 ms. */
function twoTransfers(): History {
  const history = opened('a', 'b');
  for (const [version, minor] of [5n, 7n].entries()) {
    history.acknowledge('a', version + 1, -minor, version + 1);
    history.acknowledge('b', version + 1, minor, version + 1);
  }
  return history;
}

function read(history: History, accountId: string, version: number, text: string, sentAtMs = 10) {
  const floor = history.floorOf(accountId);
  return { accountId, where: 'here', floor, sentAtMs, version, body: text };
}

describe('what is judged stale', () => {
  it('is an answer older than what was acknowledged before it was asked for, since the first newer version', () => {
    const history = twoTransfers();
    history.judge(read(history, 'a', 0, body(0)));
    assert.deepEqual(history.counts, {
      checked: 1,
      aged: 0,
      stale: 1,
      backwards: 0,
      impossible: 0,
    });
    assert.equal(history.worstAgeMs, 9);
    history.judge(read(history, 'a', 1, body(-5)));
    assert.equal(history.counts.stale, 2);
    assert.equal(history.worstAgeMs, 9);
    assert.match(history.examples[1]!, /a at here: version 1 although 2 .* for 8\.0 ms/);
  });

  it('is not what was acknowledged only while the answer was on its way', () => {
    const history = opened('a');
    const sent = read(history, 'a', 0, body(0));
    history.acknowledge('a', 1, -5n, 11);
    history.judge(sent);
    assert.equal(history.counts.stale, 0);
  });

  it('is also "not modified" for a version that was overtaken', () => {
    const history = twoTransfers();
    history.judge({ ...read(history, 'a', 1, ''), body: undefined });
    assert.equal(history.counts.stale, 1);
  });

  it('is measured by the newest acknowledgement, in whichever order they come', () => {
    const history = opened('a');
    history.acknowledge('a', 2, -7n, 1);
    history.acknowledge('a', 1, -5n, 2);
    history.judge(read(history, 'a', 1, body(-5), 3));
    assert.equal(history.counts.stale, 1);
    assert.equal(history.worstAgeMs, 2);
  });
});

describe('what is judged stale of an answer whose reader accepts an age', () => {
  it('is what had been outdated for longer than the answer says', () => {
    const history = twoTransfers();
    history.judge({ ...read(history, 'a', 0, body(0)), allowedMs: 9 });
    assert.deepEqual(history.counts, {
      checked: 0,
      aged: 1,
      stale: 0,
      backwards: 0,
      impossible: 0,
    });
    history.judge({ ...read(history, 'a', 0, body(0)), allowedMs: 8 });
    assert.equal(history.counts.stale, 1);
    assert.match(history.examples[0]!, /for 9\.0 ms outdated .* and not for 8 ms as it says/);
  });
});

describe('what is judged stale of an account that is opened', () => {
  it('is "no such account" after the opening was acknowledged, and not before', () => {
    const history = new History();
    const missing = () => ({ ...read(history, 'a', absent, ''), body: undefined });
    history.judge(missing());
    assert.equal(history.counts.stale, 0);
    history.opened('a', 4);
    history.judge(missing());
    assert.equal(history.counts.stale, 1);
    assert.equal(history.worstAgeMs, 6);
  });
});

describe('what is counted apart', () => {
  it('is an answer older than an earlier answer, but not than an acknowledgement', () => {
    const history = opened('a');
    const during = read(history, 'a', 0, body(0));
    history.judge(read(history, 'a', 1, body(-5)));
    history.judge(during);
    assert.equal(history.counts.backwards, 0);
    history.judge(read(history, 'a', 0, body(0)));
    assert.deepEqual(history.counts, {
      checked: 3,
      aged: 0,
      stale: 0,
      backwards: 1,
      impossible: 0,
    });
  });
});

describe('what cannot be', () => {
  const concluded = (disturb: (history: History) => void) => {
    const history = twoTransfers();
    history.judge(read(history, 'a', 2, body(-12)));
    history.judge(read(history, 'b', 2, body(12)));
    disturb(history);
    history.conclude();
    return history.examples;
  };

  it('is nothing when every balance is the sum of its acknowledged transfers', () => {
    assert.deepEqual(
      concluded(() => {}),
      [],
    );
  });

  it('is two balances for one version', () => {
    const [first] = concluded((history) =>
      history.judge(read(history, 'a', 2, body(-12, ',"pendingMinor":"1"'))),
    );
    assert.match(first!, /a at 2: .*, then .*pendingMinor/);
  });

  it('is a balance that its transfers do not make', () => {
    const [, second] = concluded((history) => history.judge(read(history, 'b', 1, body(6))));
    assert.match(second!, /b at 1 has booked 5, but was read as/);
  });

  it('is a version that no transfer made, or that two made', () => {
    const [unknown] = concluded((history) => history.judge(read(history, 'a', 3, body(-12))));
    assert.match(unknown!, /a has a version 3 that no transfer made/);
    const [twice] = concluded((history) => history.acknowledge('a', 2, -7n, 3));
    assert.match(twice!, /a was brought to version 2 by two transfers/);
  });

  it('is money that appears', () => {
    const examples = concluded((history) => {
      history.opened('c', 2);
      history.acknowledge('c', 1, 9n, 3);
      history.judge(read(history, 'c', 1, body(9)));
    });
    assert.deepEqual(examples, ['all balances together are 9, not 0']);
  });
});
