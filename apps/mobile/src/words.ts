// Every sentence that the app says, in one place, so that it can be read through, tested and translated.
import type { AtlasError, ConnectionState, ErrorCode, LiveBalance } from '@atlas/client';
import { amountFaultText, amountText, currencyLabel } from '../../../src/contracts/amount-text.ts';

export const words = {
  app: 'Atlas',
  back: 'Back',
  close: 'Close',

  signIn: 'Sign in',
  signOut: 'Sign out',
  token: 'Token',
  tokenHint: 'Paste a token, or open the link that you were given.',
  useToken: 'Use a token instead',
  inBrowser: 'Your browser opens for that. No password is typed in here.',
  signInWith: (host: string) => `Sign in with ${host}`,
  askingHow: 'Asking Atlas how to sign in…',
  atlasAway: 'Atlas does not answer. It is asked again.',
  signInFaults: {
    unreadable: 'That is not a token. A token is three parts with points between them.',
    expired: 'This token has ended. Ask for a new one.',
    atlas_unreachable: 'Atlas does not answer. Try again in a moment.',
    provider_unreachable: 'Your identity provider does not answer. Try again in a moment.',
    provider_misconfigured: 'Your identity provider is not what Atlas was told. Tell your bank.',
    provider_refused: 'Your identity provider refuses this app. Tell your bank.',
    denied: 'You were not let in. Sign in again, with another account if need be.',
    not_begun_here: 'This sign-in was not begun here, so it was not used. Begin again.',
    ended_by_provider: 'Your identity provider has ended your session. Sign in again.',
    not_accepted: 'Your provider knows you, but Atlas does not take its token. Tell your bank.',
  },
  sessionEnded: 'Your sign-in has ended. Sign in again to go on.',

  accounts: 'Accounts',
  noAccounts: 'This sign-in has no accounts yet.',
  moreAccounts: 'Only the first accounts are listed.',

  available: 'Available',
  unknownAmount: 'Not known yet',
  hideBalance: 'Hide the balance',
  showBalance: 'Show the balance',
  booked: 'Booked',
  reserved: 'Reserved',

  send: 'Send',
  request: 'Request',
  cancel: 'Cancel',

  search: 'Search the entries',
  /** Inside the field, where there is little room for large text. */
  searchShort: 'Search',
  noEntries: 'Nothing yet. What is sent and received will be here.',
  noMatches: 'No entry matches among those loaded.',
  loadOlder: 'Load older entries',
  entriesFailed: 'Entries cannot be read now.',
  tryAgain: 'Try again',
  pending: 'Pending',
  loading: 'Loading…',

  to: 'To account',
  toHint: 'Its id, such as msisdn::2348100000001',
  recent: 'Recent',
  next: 'Next',
  amount: 'Amount',
  note: 'Note',
  noteHint: 'What it is for. They see it.',
  deleteDigit: 'Delete the last digit',
  point: 'Decimal point',
  confirm: 'Check and send',
  from: 'From',
  noFee: 'Nothing is added or taken off: they get exactly this amount.',
  sameAccount: 'That is this account. Choose another recipient.',
  tooManyOpen: 'Too many transfers are still open. Wait until they are through.',
  prefilled: 'Filled in by a link. Check it before you send.',
  wrongCurrency: (currency: string) =>
    `The link asks for ${currency}, which this account is not in.`,

  receipt: 'Receipt',
  sending: 'Sending…',
  sendingOn: 'No answer yet. It is being tried again with the same key, so it is sent once.',
  sent: 'Sent',
  alreadySent: 'Already sent: the money moved once, with the first try.',
  refused: 'Not sent',
  unknown: 'Not confirmed',
  unknownAdvice: 'No answer came: it may have been sent. Trying again sends nothing twice.',
  giveUp: 'Take it off the list',
  share: 'Share',
  copied: 'Copied',
  done: 'Done',
  when: 'When',
  entry: 'Entry',
  key: 'Key',
  balanceAfter: 'Balance after',
  reference: 'Transfer',

  requestHint: 'They open the link and see Send, filled in.',
  shareRequest: 'Share the request',

  account: 'You',
  signedInAs: 'Signed in as',
  tenant: 'Tenant',
  signedInUntil: 'Signed in until',
} as const;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });

/** 14:03 */
export const timeText = (at: string | number): string => clock.format(new Date(at));
/** 23 Nov 2026, 14:03 */
export const momentText = (at: string | number): string =>
  `${date.format(new Date(at))}, ${timeText(at)}`;

/** "Today", "Yesterday" or "Monday, 23 Nov 2026" */
export function dayText(at: string | number, nowMs: number): string {
  const day = date.format(new Date(at));
  if (day === date.format(nowMs)) return 'Today';
  const yesterday = new Date(nowMs);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day === date.format(yesterday)) return 'Yesterday';
  return `${weekday.format(new Date(at))}, ${day}`;
}

/** "12 s ago": one unit, rounded down. */
export function ageText(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** "1,250.50 EUR" */
export const moneyText = (minor: bigint, currency: string, signed = false): string =>
  `${amountText(minor, currency, signed)} ${currencyLabel(currency)}`;
export { amountFaultText, amountText, currencyLabel };

export type Tone = 'good' | 'wait' | 'bad';

export interface StateWords {
  readonly tone: Tone;
  /** "Live", "Updating…", "Offline · as of 14:03" */
  readonly text: string;
  /** What to do, where there is something. */
  readonly advice: string | undefined;
}

/** How a balance stands, in words; only `live` may look current. */
export function stateWords(
  live: LiveBalance,
  connection: ConnectionState,
  hasNetwork: boolean,
): StateWords {
  const { tone, word, advice } = stateOf(live, connection, hasNetwork);
  const { balance, freshness, asOfMs } = live;
  const isOld = freshness !== 'live' && balance !== undefined && asOfMs !== undefined;
  return { tone, text: isOld ? `${word} · as of ${asOfText(asOfMs)}` : word, advice };
}

/** 14:03 of today, and what is of another day with its date. */
function asOfText(atMs: number): string {
  const isToday = date.format(atMs) === date.format(Date.now());
  return isToday ? timeText(atMs) : momentText(atMs);
}

function stateOf(
  { freshness, refusal, balance }: LiveBalance,
  { phase, reason }: ConnectionState,
  hasNetwork: boolean,
): { tone: Tone; word: string; advice?: string } {
  if (freshness === 'live') return { tone: 'good', word: 'Live' };
  if (phase === 'ended') return { tone: 'bad', word: 'Signed out', advice: words.sessionEnded };
  if (freshness === 'refused') {
    return { tone: 'bad', word: 'Not available', advice: adviceFor(refusal) };
  }
  if (!hasNetwork) return { tone: 'bad', word: 'Offline', advice: 'This phone has no network.' };
  if (reason?.code === 'intercepted' && phase !== 'connected') {
    return {
      tone: 'bad',
      word: 'Offline',
      advice: 'This network answers in place of Atlas. It may want you to sign in to it first.',
    };
  }
  if (freshness === 'updating') {
    return { tone: 'wait', word: balance === undefined ? 'Connecting…' : 'Updating…' };
  }
  if (freshness === 'reconnecting') return { tone: 'wait', word: 'Reconnecting…' };
  if (phase === 'paused') return { tone: 'bad', word: 'Paused' };
  return { tone: 'bad', word: 'Offline', advice: 'Atlas does not answer. It is tried again.' };
}

const advice: Partial<Record<ErrorCode, string>> = {
  unreachable: 'Check that this phone is online.',
  unavailable: 'A part of Atlas is down. Try again in a moment.',
  overloaded: 'Atlas is very busy. Nothing has happened; try again in a moment.',
  rate_limited: 'That was too often. Nothing has happened; wait a moment.',
  unauthenticated: 'Sign in again.',
  forbidden: 'This sign-in may not use this account.',
  account_not_found: 'Check the account id for a slip.',
  insufficient_funds: 'Send less, or wait until there is more.',
  balance_limit_exceeded: 'The book cannot hold this amount. Send less.',
  currency_mismatch: 'The recipient’s account is in another currency.',
  same_account: words.sameAccount,
  invalid_request: 'Correct the value and try again.',
};

function adviceFor(code: string | undefined): string {
  return advice[code as ErrorCode] ?? 'Try again, and ask your bank if it stays.';
}

/** "The available balance is too low. Send less, …" */
export function errorText({ title, code }: AtlasError): string {
  // Its title tells programs what to do with a key.
  return code === 'unavailable' ? adviceFor(code) : `${title}. ${adviceFor(code)}`;
}
