// Opens each connection anew, for ioredis: to where the address leads now, and to a primary only. Between a
// failover and the word of it, in a name, a balancer or a cluster's map, it may lead to a replica.
import { createConnection, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { AbstractConnector } from 'ioredis';
import type { RedisAddress, RedisHost } from './address.ts';

/** @param find the server, each time; else the one that the address names */
export function connectorTo(
  { hosts, tls }: RedisAddress,
  find: () => Promise<RedisHost> = async () => hosts[0]!,
) {
  return class extends AbstractConnector {
    constructor(options: unknown) {
      super((options as { disconnectTimeout: number }).disconnectTimeout);
    }

    override check({ role }: { role?: string }): boolean {
      const isReplica = role === 'slave' || role === 'replica';
      // As an error, since the log would else say no more than that the connection was closed.
      if (isReplica) this.stream?.destroy(new Error('it is a replica'));
      return !isReplica;
    }

    override async connect(): Promise<Socket> {
      this.connecting = true;
      const host = await find();
      if (!this.connecting) throw new Error('Connection is closed.');
      this.stream = tls ? connectSecurely(host) : createConnection(host);
      this.stream.once('error', (error) => {
        this.firstError = error;
      });
      return this.stream;
    }
  };
}
