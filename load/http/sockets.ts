// As many connections as the load needs: an arrival never waits for another one's answer. Where the
// named maximum is reached, or this machine has no socket left to give, the request is not sent and that
// is said: to let it wait would make the generator follow the server, and to call it failed would blame the
// server.
import type { Clock } from '../clock.ts';
import { HttpConnection, type HttpAnswer } from './connection.ts';

/** Why there was no answer. */
export type Silence = 'timeout' | 'connection' | 'no_socket';

const shortages: ReadonlySet<unknown> = new Set([
  'EMFILE',
  'ENFILE',
  'EADDRNOTAVAIL',
  'ENOBUFS',
  'ENOMEM',
]);

/** Files, ports or buffers of this machine are used up: nobody else has failed. */
export function isOwnShortage(error: unknown): boolean {
  return shortages.has((error as { code?: unknown }).code);
}

export interface Transport {
  /** Sends it now. Never rejects. */
  send(origin: URL, text: string, timeoutMs: number): Promise<HttpAnswer | Silence>;
}

export interface SocketsOptions {
  readonly clock: Clock;
  /** Connections at once, over all origins. */
  readonly socketsMax: number;
}

export class Sockets implements Transport {
  readonly #clock: Clock;
  readonly #socketsMax: number;
  readonly #idle = new Map<string, HttpConnection[]>();
  readonly #open = new Set<HttpConnection>();
  #most = 0;
  #resent = 0;
  #isClosed = false;

  constructor({ clock, socketsMax }: SocketsOptions) {
    this.#clock = clock;
    this.#socketsMax = socketsMax;
  }

  /** The most connections at once so far. */
  get most(): number {
    return this.#most;
  }

  /** Requests sent once more because the server had closed an idle connection. */
  get resent(): number {
    return this.#resent;
  }

  async send(origin: URL, text: string, timeoutMs: number): Promise<HttpAnswer | Silence> {
    if (this.#isClosed) return 'connection';
    const connection = this.#take(origin);
    if (connection === undefined) return 'no_socket';
    const answer = await this.#ask(connection, origin, text, timeoutMs);
    if (answer !== 'connection' || !connection.closedAsIdle || this.#isClosed) return answer;
    const other = this.#connect(origin);
    if (other === undefined) return 'no_socket';
    this.#resent += 1;
    return this.#ask(other, origin, text, timeoutMs);
  }

  /** For good: what is under way fails. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#open) connection.close();
  }

  async #ask(
    connection: HttpConnection,
    { origin }: URL,
    text: string,
    timeoutMs: number,
  ): Promise<HttpAnswer | Silence> {
    let late = false;
    const timer = this.#clock.setTimeout(() => {
      late = true;
      connection.close();
    }, timeoutMs);
    try {
      const answer = await connection.send(text);
      if (this.#open.has(connection)) this.#idleAt(origin).push(connection);
      return answer;
    } catch (error) {
      if (late) return 'timeout';
      return isOwnShortage(error) ? 'no_socket' : 'connection';
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }

  /** The connection used last comes first, so that those not needed any more grow old and close. */
  #take(origin: URL): HttpConnection | undefined {
    return this.#idleAt(origin.origin).pop() ?? this.#connect(origin);
  }

  #connect(origin: URL): HttpConnection | undefined {
    if (this.#open.size >= this.#socketsMax) return undefined;
    const connection = HttpConnection.to(origin);
    this.#open.add(connection);
    this.#most = Math.max(this.#most, this.#open.size);
    connection.onClosed = () => {
      this.#open.delete(connection);
      const idle = this.#idleAt(origin.origin);
      const at = idle.lastIndexOf(connection);
      if (at !== -1) idle.splice(at, 1);
    };
    return connection;
  }

  #idleAt(origin: string): HttpConnection[] {
    const idle = this.#idle.get(origin) ?? [];
    if (idle.length === 0) this.#idle.set(origin, idle);
    return idle;
  }
}
