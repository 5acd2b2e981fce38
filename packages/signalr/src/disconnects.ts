/**
 * Why connections end, as data: each reason has the WebSocket status it closes with, the words the
 * client is told, and whether the client should try again by itself.
 */
interface Disconnect {
  status: number;
  error?: string;
  allowReconnect: boolean;
}

export const disconnects = {
  client_closed: { status: 1000, allowReconnect: false },
  connection_lost: { status: 1006, allowReconnect: false },
  server_closed: { status: 1000, allowReconnect: false },
  draining: { status: 1001, allowReconnect: true },
  authentication_expired: {
    status: 1008,
    error: 'token_expired: The access token has expired.',
    allowReconnect: true,
  },
  handshake_refused: { status: 1002, allowReconnect: false },
  handshake_timeout: {
    status: 1008,
    error: 'The handshake was not completed in time.',
    allowReconnect: false,
  },
  client_timeout: {
    status: 1008,
    error: 'The client has sent neither a message nor a ping in time.',
    allowReconnect: true,
  },
  malformed_message: { status: 1002, allowReconnect: false },
  message_too_large: { status: 1009, allowReconnect: false },
  slow_consumer: { status: 1013, allowReconnect: true },
  internal_error: {
    status: 1011,
    error: 'The server failed to serve this connection.',
    allowReconnect: true,
  },
} as const satisfies Record<string, Disconnect>;

export type DisconnectCode = keyof typeof disconnects;

export interface DisconnectReason {
  code: DisconnectCode;
  /** What the client was told, if anything. */
  error?: string;
}

export function disconnectOf(code: DisconnectCode): Disconnect {
  return disconnects[code];
}
