// Each verb against each state that a connection id can be in.
import assert from 'node:assert/strict';
import { type Ground, layGround } from './ground.ts';
import { RawSocket } from './raw-socket.ts';

type Enter = (ground: Ground) => Promise<{ url: string; leave?: () => void }>;

const { probe, end } = layGround();

const handshake = '{"protocol":"json","version":1}\x1e';
const verbs = ['poll', 'event stream', 'POST', 'DELETE', 'PUT', 'OPTIONS', 'upgrade'] as const;

/** In the order of the verbs. */
const expected = {
  'no id': [400, 400, 400, 400, 405, 204, 101],
  'an empty id': [400, 400, 400, 400, 405, 204, 101],
  'an unknown id': [404, 404, 404, 404, 405, 204, 404],
  'an id not yet used': [200, 200, 200, 400, 405, 204, 101],
  'the id of a WebSocket': [400, 400, 405, 400, 405, 204, 409],
  'the id of an event stream': [400, 409, 200, 400, 405, 204, 400],
  'the id of a long polling': [200, 400, 200, 202, 405, 204, 400],
  'an id that was used up': [404, 404, 404, 404, 405, 204, 404],
};

const states: Record<keyof typeof expected, Enter> = {
  'no id': async ({ url }) => ({ url }),
  'an empty id': async ({ url }) => ({ url: `${url}?id=` }),
  'an unknown id': async ({ url }) => ({ url: `${url}?id=unknown` }),
  'an id not yet used': async ({ negotiated }) => ({ url: await negotiated() }),
  'the id of a WebSocket': async ({ negotiated }) => {
    const url = await negotiated();
    const socket = await RawSocket.upgrade(url);
    return { url, leave: () => socket.destroy() };
  },
  'the id of an event stream': async ({ negotiated }) => {
    const url = await negotiated();
    const leaving = new AbortController();
    const headers = { accept: 'text/event-stream' };
    await fetch(url, { headers, signal: leaving.signal });
    return { url, leave: () => leaving.abort() };
  },
  'the id of a long polling': async ({ negotiated }) => {
    const url = await negotiated();
    await fetch(url);
    await fetch(url, { method: 'POST', body: handshake });
    return { url };
  },
  'an id that was used up': async ({ negotiated, quiet }) => {
    await quiet();
    const url = await negotiated();
    const socket = await RawSocket.upgrade(url);
    socket.destroy();
    await quiet();
    return { url };
  },
};

for (const [state, statuses] of Object.entries(expected)) {
  verbs.forEach((verb, index) => {
    probe(`${verb} with ${state}: ${statuses[index]}`, async (ground) => {
      const { url, leave } = await states[state as keyof typeof expected](ground);
      assert.equal(await statusOf(verb, url), statuses[index]);
      leave?.();
    });
  });
}

end();

async function statusOf(verb: (typeof verbs)[number], url: string): Promise<number> {
  if (verb === 'upgrade') {
    const socket = await RawSocket.upgrade(url);
    socket.destroy();
    return socket.status;
  }
  const leaving = new AbortController();
  const method = verb === 'poll' || verb === 'event stream' ? 'GET' : verb;
  const headers = { accept: verb === 'event stream' ? 'text/event-stream' : '*/*' };
  const body = method === 'POST' ? handshake : null;
  const { status } = await fetch(url, { method, headers, body, signal: leaving.signal });
  leaving.abort();
  return status;
}
