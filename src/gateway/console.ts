// The console's files at `/`. Whatever a browser navigates to that is no file is the console's own
// address, so it gets index.html; a script or a picture that is not there is 404.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyRequest } from 'fastify';
import type { App } from '../platform/app.ts';

/** Files under here carry a hash of their content in their name. */
const hashedFolder = 'assets/';

export async function addConsole(app: App, folder: string): Promise<void> {
  await app.register(staticFiles, { root: folder, serve: false, dotfiles: 'ignore' });
  app.get('/*', { config: { public: true }, schema: { hide: true } }, async (request, reply) => {
    const path = (request.params as { '*': string })['*'];
    if (await isFile(folder, path)) {
      return reply.sendFile(path, path.startsWith(hashedFolder) ? forEver : revalidated);
    }
    if (path === '' || isNavigation(request)) return reply.sendFile('index.html', revalidated);
    return reply.callNotFound();
  });
}

const forEver = { maxAge: '1y', immutable: true };
/** The caller may keep it, but asks (by ETag) whether it is still the same. */
const revalidated = { maxAge: 0 };

function isNavigation({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') ?? false;
}

async function isFile(folder: string, path: string): Promise<boolean> {
  const isHidden = /(^|[\\/])\./.test(path);
  if (isHidden || path.includes('\0')) return false;
  return stat(join(folder, path)).then(
    (found) => found.isFile(),
    () => false,
  );
}
