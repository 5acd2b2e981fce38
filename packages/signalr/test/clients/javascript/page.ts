/** A web page with the official client's browser build and the driver, on an origin of its own. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { listen } from '../../serve.ts';

const require = createRequire(import.meta.url);

const html = `<!doctype html>
<script src="/signalr.js"></script>
<script src="/messagepack.js"></script>
<script type="module">
  import { createDriver } from '/driver.js';
  window.run = createDriver({ signalR, messagePack: signalR.protocols.msgpack });
</script>`;

const files: Record<string, { type: string; read: () => Promise<string> }> = {
  '/': { type: 'text/html', read: async () => html },
  '/signalr.js': script(() => browserBuild('@microsoft/signalr', 'signalr.js')),
  '/messagepack.js': script(() =>
    browserBuild('@microsoft/signalr-protocol-msgpack', 'signalr-protocol-msgpack.js'),
  ),
  '/driver.js': script(async () =>
    stripTypeScriptTypes(await readFile(join(import.meta.dirname, 'driver.ts'), 'utf8')),
  ),
};

/** Resolves with the address of the page. */
export async function servePage(): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', file.type);
    void file.read().then((text) => response.end(text));
  });
  const url = await listen(server);
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function script(read: () => Promise<string>) {
  return { type: 'text/javascript', read };
}

async function browserBuild(name: string, file: string): Promise<string> {
  return readFile(
    join(require.resolve(`${name}/package.json`), '..', 'dist', 'browser', file),
    'utf8',
  );
}
