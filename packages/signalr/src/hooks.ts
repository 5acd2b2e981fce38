/**
 * The host's functions, made harmless: whatever one of them throws is reported to `onError` and
 * reaches neither the connection it concerned nor any other.
 */
import type { InvocationEnd } from './calls/calls.ts';
import type { ClientMethods } from './client-methods.ts';
import type { Connection } from './connection.ts';
import type { DisconnectReason } from './disconnects.ts';
import type { HubOptions, Refused } from './options.ts';

export interface Hooks<Identity> {
  disconnected: (connection: Connection<Identity>, reason: DisconnectReason) => Promise<void>;
  reattached: (connection: Connection<Identity>) => void;
  drained: (connection: Connection<Identity>) => void;
  invoked: (end: InvocationEnd<Connection<Identity>>) => void;
  /** No, also where the host fails to say. */
  mayActFor: (caller: Identity, connection: Connection<Identity>) => boolean;
  /** The problem that the host makes of it. */
  refused: (refused: Refused) => object | undefined;
  failed: (error: unknown) => void;
}

export function createHooks<Identity, Client extends ClientMethods<Client>>(
  options: HubOptions<Identity, Client>,
): Hooks<Identity> {
  function guard<Result>(run: () => Result): Result | undefined {
    try {
      return run();
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  function failed(error: unknown): void {
    try {
      options.onError?.(error);
    } catch {
      // There is nobody left to tell.
    }
  }

  return {
    async disconnected(connection, reason) {
      try {
        await options.onDisconnected?.(connection, reason);
      } catch (error) {
        failed(error);
      }
    },
    mayActFor: (caller, connection) =>
      guard(() => options.mayActFor?.(caller, connection) ?? true) === true,
    reattached: (connection) => guard(() => options.onReattached?.(connection)),
    drained: (connection) => guard(() => options.onDrain?.(connection)),
    invoked: (end) => guard(() => options.onInvocation?.(end)),
    refused: (refused) => guard(() => options.onRefused?.(refused)),
    failed,
  };
}
