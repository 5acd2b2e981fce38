// A page that is hidden or offline misses events: when it is back, the connection is looked at at once.
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
 * In a browser, calls back when the network or the page comes back or is in doubt: then the next try
 * must not wait, and a connection that slept must be proved. Elsewhere it does nothing.
 */
export function watchPage(onReturn: () => void): () => void {
  const { window, document } = globalThis as unknown as Browser;
  if (document === undefined) return () => undefined;
  const onVisible = () => {
    if (document.visibilityState === 'visible') onReturn();
  };
  window.addEventListener('online', onReturn);
  window.addEventListener('offline', onReturn);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    window.removeEventListener('online', onReturn);
    window.removeEventListener('offline', onReturn);
    document.removeEventListener('visibilitychange', onVisible);
  };
}
