// One connection to the hub that speaks the protocol itself and without delay, so that what it was
// sent can be judged message by message; hundreds of them fit into one process.
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { isOwnShortage } from '../http/sockets.ts';
import { hubEvents, type BalanceUpdate } from '../../src/contracts/hub.ts';

const pingEveryMs = 10_000;
const answerWithinMs = 5_000;
const end = '\x1e';

export interface HubSocket {
  /** Aborted when the connection has ended or never came about. */
  readonly gone: AbortSignal;
  /** Resolves when the connection stands or is gone. */
  readonly opened: Promise<unknown>;
  /** This machine had no socket left for it. */
  readonly hadNoSocket: boolean;
  /** False when it was refused, or not answered in time, or the connection ended. */
  call(target: string, argument: unknown): Promise<boolean>;
  close(): void;
}

interface Message {
  readonly type?: number;
  readonly target?: string;
  readonly arguments?: readonly [BalanceUpdate];
  readonly invocationId?: string;
  readonly error?: string;
}

/** @param url `ws://host:port/ws?access_token=…` */
export function openHubSocket(url: string, onUpdate: (update: BalanceUpdate) => void): HubSocket {
  const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: 5_000 });
  const ended = new AbortController();
  const gone = ended.signal;
  const calls = new Map<string, (ok: boolean) => void>();
  let callId = 0;
  let hadNoSocket = false;
  const ping = setInterval(() => say({ type: 6 }), pingEveryMs);
  const opened = new Promise((resolve) => {
    socket.once('open', resolve);
    socket.once('close', resolve);
  });
  socket.on('open', () => say({ protocol: 'json', version: 1 }));
  socket.on('error', (error) => {
    hadNoSocket = isOwnShortage(error);
  });
  socket.on('close', () => {
    clearInterval(ping);
    ended.abort();
  });
  socket.on('message', (data) => {
    for (const text of (data as Buffer).toString().split(end)) {
      if (text !== '') hear(JSON.parse(text) as Message);
    }
  });

  function hear({ type, target, arguments: args, invocationId, error }: Message): void {
    if (type === 1 && target === hubEvents.balanceUpdate) onUpdate(args![0]);
    else if (type === 3) calls.get(invocationId!)?.(error === undefined);
    else if (type === 7) socket.terminate();
  }

  function say(message: object): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message) + end);
  }

  return {
    gone,
    opened,
    get hadNoSocket() {
      return hadNoSocket;
    },
    async call(target, argument) {
      if (gone.aborted) return false;
      const invocationId = String((callId += 1));
      const answer = new Promise<boolean>((resolve) => calls.set(invocationId, resolve));
      say({ type: 1, target, invocationId, arguments: [argument] });
      const answered = new AbortController();
      const signal = AbortSignal.any([answered.signal, gone]);
      const late = delay(answerWithinMs, false, { signal }).catch(() => false);
      const ok = await Promise.race([answer, late]);
      answered.abort();
      calls.delete(invocationId);
      return ok;
    },
    close: () => socket.terminate(),
  };
}
