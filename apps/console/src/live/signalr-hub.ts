// The hub at /ws through the official SignalR client. Its protocol notes when the server was last
// heard, pings included and whatever the transport: a balance that was live is known to have been
// current up to that moment and no longer.
import { HubConnectionBuilder, JsonHubProtocol, LogLevel, type ILogger } from '@microsoft/signalr';
import type { Hub } from './parts.ts';

/** A negotiation that hangs would keep the next attempt waiting for SignalR's own 100 s. */
const negotiateTimeoutMs = 10_000;

export interface HeardHub {
  readonly hub: Hub;
  /** When the server last sent anything. */
  readonly heardAtMs: () => number | undefined;
}

export function signalrHub(url: string, token: string): HeardHub {
  let heardAtMs: number | undefined;
  class HeardProtocol extends JsonHubProtocol {
    override parseMessages(input: string, logger: ILogger) {
      heardAtMs = Date.now();
      return super.parseMessages(input, logger);
    }
  }
  const hub = new HubConnectionBuilder()
    .withUrl(url, {
      accessTokenFactory: () => token,
      timeout: negotiateTimeoutMs,
      withCredentials: false,
    })
    .withHubProtocol(new HeardProtocol())
    // Losses are shown in words on the page; the browser's console is kept for faults.
    .configureLogging(LogLevel.None)
    .build();
  return { hub, heardAtMs: () => heardAtMs };
}
