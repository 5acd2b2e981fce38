// Every limit of the app by its name.
export const limits = {
  /** Somebody looks at the screen: service must be back within two seconds. */
  reconnectPause: { firstMs: 250, maxMs: 1_500 },
  /** Transfers whose outcome is open; no more are sent beside them. */
  openTransfersMax: 20,
  /** Sent transfers that are remembered until the feed has them, or the app ends. */
  outgoingMax: 50,
  /** Accounts that a token for a whole tenant offers to choose from. */
  accountsMax: 50,
  /** Entries that are kept for a start without a network. */
  keptEntriesMax: 50,
  /** Counterparties of the newest entries that are offered as recipients. */
  recentRecipientsMax: 5,
  narrationMax: 140,
} as const;
