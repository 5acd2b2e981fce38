// Lets go of a try to connect. SignalR's client stops a connection that is still being made only when its
// request or its socket has ended by itself, which in a network that swallows everything takes minutes; and
// until then a browser opens no other socket to the same server.
import {
  DefaultHttpClient,
  HttpClient,
  NullLogger,
  type HttpRequest,
  type HttpResponse,
  type IHttpConnectionOptions,
} from '@microsoft/signalr';

/**
 * Options of a connection whose requests and socket end when `leaving` is aborted.
 * @param onAnswer hears of each request that is answered
 */
export function leavable(leaving: AbortSignal, onAnswer: () => void): Options {
  const { WebSocket, process } = globalThis as unknown as Runtime;
  const httpClient = new LeavableHttpClient(leaving, onAnswer);
  // Node's own takes no headers: SignalR brings another one there.
  if (WebSocket === undefined || process?.release?.name === 'node') return { httpClient };
  return { httpClient, WebSocket: leavableSocket(leaving, WebSocket) };
}

/** SignalR's client takes a constructor of sockets, though its types do not say so. */
type Options = Pick<IHttpConnectionOptions, 'httpClient'> & { WebSocket?: typeof WebSocket };

interface Runtime {
  readonly WebSocket?: typeof WebSocket;
  readonly process?: { readonly release?: { readonly name?: string } };
}

class LeavableHttpClient extends HttpClient {
  readonly #http = new DefaultHttpClient(NullLogger.instance);
  readonly #leaving: AbortSignal;
  readonly #onAnswer: () => void;

  constructor(leaving: AbortSignal, onAnswer: () => void) {
    super();
    this.#leaving = leaving;
    this.#onAnswer = onAnswer;
  }

  override async send(request: HttpRequest): Promise<HttpResponse> {
    const abortSignal = this.#leaving as HttpRequest['abortSignal'] & AbortSignal;
    const answer = await this.#http.send({ abortSignal, ...request });
    this.#onAnswer();
    return answer;
  }

  override getCookieString(url: string): string {
    return this.#http.getCookieString(url);
  }
}

function leavableSocket(leaving: AbortSignal, Plain: typeof WebSocket): typeof WebSocket {
  return class extends Plain {
    // React Native's has a third argument, for headers.
    constructor(...how: ConstructorParameters<typeof WebSocket>) {
      super(...how);
      leaving.addEventListener('abort', () => this.close());
    }
  };
}
