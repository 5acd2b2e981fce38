// WebSockets to the realtime role, passed on whole: the role decides about each upgrade, its answer
// goes back as it is, and from then on bytes go both ways until either side closes.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { problem, type Problem, type ProblemError } from '../../contracts/problems.ts';
import { requestHeaders, requestIdOf } from './headers.ts';
import type { Passage, Upstream } from './upstream.ts';

const webSocketsMax = 20_000;
const handshakeTimeoutMs = 10_000;
const lingerMs = 1_000;
/** The role pings every 15 s: a connection that is silent for longer than this is dead. */
const silenceMs = 150_000;

export class WebSockets {
  readonly #upstream: Upstream;
  readonly #open = new Set<Duplex>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Takes over the caller's connection. */
  pass(request: IncomingMessage, caller: Duplex, head: Buffer): void {
    if (caller.destroyed) return;
    caller.on('error', () => caller.destroy());
    let passage: Passage;
    try {
      if (this.#open.size >= webSocketsMax) throw this.#upstream.refuse('full');
      passage = this.#upstream.enter();
    } catch (error) {
      return refuseWith(caller, error as ProblemError);
    }
    this.#open.add(caller);
    caller.once('close', () => this.#open.delete(caller));
    (caller as Socket).setTimeout(silenceMs, () => caller.destroy());

    const url = new URL(this.#upstream.origin + this.#upstream.basePath + request.url!);
    const ask = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const asking = ask(url, { agent: false, headers: upgradeHeaders(request) });
    asking.setTimeout(handshakeTimeoutMs, () => asking.destroy(new Error('No answer in time')));
    // The handshake counts among the requests; what is open then counts here.
    asking.once('close', passage.leave);
    asking.on('upgrade', (answer, role, roleHead) => {
      passage.succeeded();
      passage.leave();
      caller.write(headOf(answer));
      joinSockets(caller, role, head, roleHead);
    });
    asking.on('response', (answer) => {
      passage.succeeded();
      caller.write(headOf(answer, 'connection: close\r\n'));
      answer.on('error', () => caller.destroy());
      answer.once('close', () => asking.destroy());
      answer.pipe(caller);
      linger(caller);
    });
    asking.on('error', () => {
      if (!caller.destroyed) passage.failed();
      refuseWith(caller, this.#upstream.unavailable());
    });
    caller.once('close', () => asking.destroy());
    asking.end();
  }

  closeAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

function refuseWith(caller: Duplex, { code, message, retryAfterSeconds }: ProblemError): void {
  refuse(caller, problem(code, message), retryAfterSeconds);
}

/** Refuses an upgrade by an ordinary answer and closes. */
export function refuse(
  caller: Duplex,
  { status, ...body }: Problem,
  retryAfterSeconds?: number,
): void {
  if (!caller.writable) return void caller.destroy();
  const json = JSON.stringify({ ...body, status });
  linger(caller);
  caller.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: application/problem+json\r\n` +
      (retryAfterSeconds === undefined ? '' : `retry-after: ${retryAfterSeconds}\r\n`) +
      `content-length: ${Buffer.byteLength(json)}\r\nconnection: close\r\n\r\n${json}`,
  );
}

/** Reads on for a moment: closing at once on bytes that wait could lose our answer to them. */
function linger(caller: Duplex): void {
  caller.resume();
  (caller as Socket).setTimeout(lingerMs, () => caller.destroy());
}

function upgradeHeaders(request: IncomingMessage): string[] {
  const headers = requestHeaders(request, requestIdOf(request), new Set());
  return [...headers, 'connection', 'Upgrade', 'upgrade', 'websocket'];
}

/** The answer's status line and headers as they came; its body is passed on without chunks. */
function headOf(answer: IncomingMessage, more = ''): string {
  let head = `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n`;
  const { rawHeaders } = answer;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const ends = more !== '' && ['connection', 'keep-alive', 'transfer-encoding'].includes(name);
    if (!ends) head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  }
  return `${head}${more}\r\n`;
}

function joinSockets(caller: Duplex, role: Socket, head: Buffer, roleHead: Buffer): void {
  role.setTimeout(silenceMs, () => role.destroy());
  role.on('error', () => role.destroy());
  if (head.length > 0) role.write(head);
  if (roleHead.length > 0) caller.write(roleHead);
  caller.pipe(role);
  role.pipe(caller);
  // What was already read is still written; then both are closed.
  caller.once('close', () => role.destroySoon());
  role.once('close', () => (caller as Socket).destroySoon());
}
