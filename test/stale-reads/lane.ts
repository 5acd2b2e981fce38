// One kept connection to one server, opened again whenever it breaks: faults break connections, and a
// reader that gave up with its first one would check nothing afterwards.
import { setTimeout as pause } from 'node:timers/promises';
import { HttpConnection, type HttpAnswer } from '../../load/http/connection.ts';

const answerTimeoutMs = 20_000;
const reopenPauseMs = 20;

export class Lane {
  readonly url: string;
  #connection: HttpConnection | undefined;

  constructor(url: string) {
    this.url = url;
  }

  /** Undefined: the connection could not be opened, broke, or was silent for too long. */
  async ask(request: string): Promise<HttpAnswer | undefined> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const connection = (this.#connection ??= await this.#open());
      const silent = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), answerTimeoutMs);
      });
      const answer = await Promise.race([connection.send(request), silent]);
      if (answer === undefined) this.close();
      return answer;
    } catch {
      this.close();
      await pause(reopenPauseMs);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  async #open(): Promise<HttpConnection> {
    const connection = await HttpConnection.open(this.url);
    connection.onClosed = () => {
      if (this.#connection === connection) this.#connection = undefined;
    };
    return connection;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}
