// Links that open the app: `…#token=…` signs in, `…#to=…&minor=…&currency=…&note=…` opens Send with that
// filled in. What they carry stands in the fragment, which no server is sent. On a phone the link is
// atlas://open#…, or exp://…/--/#… in Expo Go; in a browser it is the page's own address.
import { Linking, Platform } from 'react-native';

/** What Send begins with. */
export interface Prefill {
  readonly to: string;
  readonly minor?: bigint;
  readonly currency?: string;
  readonly note?: string;
}

export type Link =
  | { readonly token: string; readonly prefill?: never }
  | { readonly prefill: Prefill; readonly token?: never };

/** Calls back with the link that opened the app, and with each that comes while it is open. */
export function watchLinks(onLink: (link: Link) => void): () => void {
  const open = (url: string | null) => {
    const link = url === null ? undefined : readLink(url);
    if (link !== undefined) onLink(link);
  };
  if (Platform.OS === 'web') return watchAddress(open);
  Linking.getInitialURL().then(open, () => undefined);
  const subscription = Linking.addEventListener('url', ({ url }) => open(url));
  return () => subscription.remove();
}

/** Takes it out of the address bar, so that a token stays neither in the history nor in a picture. */
function watchAddress(open: (url: string) => void): () => void {
  const { location, history } = window;
  const take = () => {
    const url = location.href;
    if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
    open(url);
  };
  take();
  window.addEventListener('hashchange', take);
  return () => window.removeEventListener('hashchange', take);
}

export function readLink(url: string): Link | undefined {
  const [, fragment = ''] = url.split('#', 2);
  const values = new Map<string, string>();
  for (const pair of fragment.split('&')) {
    const [name = '', value = ''] = pair.split('=', 2);
    values.set(name, decode(value));
  }
  const token = values.get('token');
  if (token) return { token };
  const to = values.get('to');
  if (!to) return undefined;
  const [minor = '', currency = '', note = ''] = ['minor', 'currency', 'note'].map((name) =>
    values.get(name),
  );
  const asked = /^[1-9]\d{0,18}$/.test(minor) && /^[A-Z]{3}$/.test(currency);
  return {
    prefill: {
      to,
      ...(asked ? { minor: BigInt(minor), currency } : {}),
      ...(note === '' ? {} : { note }),
    },
  };
}

/** A link that asks for money. */
export function requestLink({ to, minor, currency, note }: Prefill): string {
  const values = { to, minor: minor?.toString(), currency, note };
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value!)}`).join('&');
  const base =
    Platform.OS === 'web' ? window.location.origin + window.location.pathname : 'atlas://open';
  return `${base}#${text}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '';
  }
}
