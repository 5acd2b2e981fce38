// What the tests of this folder share: a gateway before small servers that stand for the roles.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { feelPressure } from '../platform/pressure/own-pressure.ts';
import { calm, testContext, type Settings } from '../platform/testing.ts';
import { startGateway } from './index.ts';

export interface Role extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
}

/** A server that answers like a role; it ends its connections when it is disposed. Whether it is ready,
 * which the gateway asks at times of its own, is not among what a test sees. */
export async function role(answer: RequestListener): Promise<Role> {
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') response.end();
    else answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Where nothing listens. */
export const nowhere = 'http://127.0.0.1:1';

export interface TestGatewayOptions {
  readonly payments?: string;
  readonly ledger?: string;
  readonly realtime?: string;
  readonly consoleFolder?: string;
  readonly settings?: Settings;
  readonly feel?: typeof feelPressure;
}

export async function testGateway(options: TestGatewayOptions) {
  await using started = new AsyncDisposableStack();
  const { context, token } = started.use(await testContext(options.settings));
  const gateway = started.use(
    await startGateway(context, {
      payments: options.payments ?? nowhere,
      ledger: options.ledger ?? nowhere,
      realtime: options.realtime ?? nowhere,
      consoleFolder: options.consoleFolder,
      feel: options.feel ?? calm,
    }),
  );
  // A provider's tokens cannot be made here.
  const authorization = context.developmentKeys === undefined ? '' : `Bearer ${await token()}`;
  const resources = started.move();
  return {
    url: gateway.url,
    port: Number(new URL(gateway.url).port),
    authorization,
    token,
    fetch: (path: string, { headers, ...init }: RequestInit = {}) =>
      fetch(gateway.url + path, {
        ...init,
        headers: { authorization, ...(headers as Record<string, string>) },
      }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

export async function codeOf(response: Response): Promise<string> {
  const type = response.headers.get('content-type');
  if (!type?.startsWith('application/problem+json')) throw new Error(`${response.status} ${type}`);
  const { code, status } = (await response.json()) as { code: string; status: number };
  if (status !== response.status) throw new Error(`${status} in the body of ${response.status}`);
  return `${status} ${code}`;
}
