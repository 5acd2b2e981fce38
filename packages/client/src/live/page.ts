// A page that is hidden or offline misses events: when it is back, the connection is looked at at once.
import type { Live } from './live-balances.ts';

interface Events {
  addEventListener(event: string, handler: () => void): void;
  removeEventListener(event: string, handler: () => void): void;
}

/** What of a browser is used; phones and Node have no `document`. */
interface Browser {
  readonly window: Events;
  readonly document?: Events & { readonly visibilityState: string };
}

/**
 * In a browser, tells of the network and the page: when they come back the next try must not wait, and
 * a connection that slept must be proved. Elsewhere it does nothing.
 */
export function watchPage({ resume, offline }: Pick<Live, 'resume' | 'offline'>): () => void {
  const { window, document } = globalThis as unknown as Browser;
  if (document === undefined) return () => undefined;
  const onVisible = () => {
    if (document.visibilityState === 'visible') resume();
  };
  window.addEventListener('online', resume);
  window.addEventListener('offline', offline);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    window.removeEventListener('online', resume);
    window.removeEventListener('offline', offline);
    document.removeEventListener('visibilitychange', onVisible);
  };
}
