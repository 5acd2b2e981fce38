// Where Atlas is. Expo writes these values into the app when it is built, and only where they are named
// in full, so they are read here and nowhere else.

const gateway = process.env.EXPO_PUBLIC_GATEWAY_BASE ?? 'http://127.0.0.1:5080';

export const settings = {
  /** Payments and sessions, and every role that has no base of its own. */
  gateway,
  /** Balances and entries, such as https://ledger.example.com. */
  ledger: process.env.EXPO_PUBLIC_LEDGER_BASE ?? gateway,
  /** The hub, without its path. */
  realtime: process.env.EXPO_PUBLIC_REALTIME_BASE ?? gateway,
} as const;
