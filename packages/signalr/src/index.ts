/** A server of the ASP.NET Core SignalR protocol, for any HTTP server of Node. */
export { createHub, type Hub } from './hub.ts';
export type { Attempt, Authentication, HubOptions } from './options.ts';
export type { HubConnection } from './connection.ts';
export { type EncodedMessage, encodeInvocation } from './protocol/encoded-message.ts';
export { HubError } from './errors.ts';
export { type DisconnectCode, type DisconnectReason, disconnects } from './disconnects.ts';
export { defaultLimits, type Limits } from './limits.ts';
export type { Handler, Invocation, ReadArguments } from './methods.ts';
export type { HubStats } from './stats.ts';
