/** A server of the ASP.NET Core SignalR protocol, for any HTTP server of Node. */
export { createHub, type Hub } from './hub.ts';
export type {
  Arrival,
  Attempt,
  Authentication,
  HubOptions,
  RefusalReason,
  Refused,
} from './options.ts';
export type { HubConnection } from './hub-connection.ts';
export type { AnyClient, ClientMethods } from './client-methods.ts';
export { encodeInvocation } from './protocol/encoded-message.ts';
export type { EncodedMessage } from './protocol/protocol.ts';
export { HubError, InvalidArgumentsError } from './errors.ts';
export { ClientResultError } from './calls/client-results.ts';
export { type DisconnectCode, type DisconnectReason, disconnects } from './disconnects.ts';
export { defaultLimits, type Limits } from './limits.ts';
export type { InvocationEnd } from './calls/calls.ts';
export type { Filter, Handler, Invocation } from './calls/methods.ts';
export { type Parameter, streamOf, type StreamParameter, type Values } from './calls/parameters.ts';
export type { Issue, StandardSchema, Validated } from './calls/standard-schema.ts';
export type { TransportName } from './transports/transport.ts';
export type { HubStats } from './stats.ts';
