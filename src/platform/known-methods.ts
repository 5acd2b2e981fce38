// Which methods a path knows, so that a wrong one hears 405 with `Allow` instead of a 404 that would
// send the caller looking for another path.
import type { App } from './app.ts';

/** Collects the routes that are added from now on. The methods of a path; none: there is no such path. */
export function knownMethods(app: App): (path: string) => string[] {
  const routes = new Map<string, { form: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    // The one for preflights matches every path.
    if (url === '*') return;
    const route = routes.get(url) ?? { form: formOf(url), methods: new Set(['OPTIONS']) };
    for (const name of [method].flat()) route.methods.add(name.toUpperCase());
    routes.set(url, route);
  });
  return (path) => {
    const matching = [...routes.values()].filter(({ form }) => form.test(path));
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort();
  };
}

function formOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : RegExp.escape(part);
  });
  return new RegExp(`^${parts.join('/')}$`);
}
