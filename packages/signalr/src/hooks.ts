/**
 * The host's functions, made harmless: whatever one of them throws is reported to `onError` and
 * reaches neither the connection it concerned nor any other.
 */
import type { HubConnection } from './connection.ts';
import type { DisconnectReason } from './disconnects.ts';
import type { Invocation } from './methods.ts';
import type { HubOptions } from './options.ts';

export interface Hooks<Identity> {
  disconnected: (connection: HubConnection<Identity>, reason: DisconnectReason) => Promise<void>;
  drained: (connection: HubConnection<Identity>) => void;
  invoked: (invocation: Invocation<HubConnection<Identity>>) => void;
  failed: (error: unknown) => void;
}

export function createHooks<Identity>(options: HubOptions<Identity>): Hooks<Identity> {
  function guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      failed(error);
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
    drained: (connection) => guard(() => options.onDrain?.(connection)),
    invoked: (invocation) => guard(() => options.onInvocation?.(invocation)),
    failed,
  };
}
