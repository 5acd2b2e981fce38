// Every limit of the app by its name.
export const limits = {
  /** Somebody looks at the screen: service must be back within two seconds, of which a try takes 0.8 s. */
  reconnectPause: { firstMs: 250, maxMs: 1_200 },
  /** A question to the identity provider; and to Atlas, whether it takes the provider's token. */
  providerMs: 10_000,
  /** What may be asked twice is put again beside a question that has waited so long. */
  askEveryMs: 1_200,
  /** A renewal that has waited so long is lost, when the provider answers what it is asked then. */
  lostMs: 3_000,
  /** How people sign in here. */
  askMs: 10_000,
  /** Signing out waits no longer for Atlas before the connection is closed. */
  farewellMs: 2_000,
  /** Transfers whose outcome is open; no more are sent beside them. */
  openTransfersMax: 20,
  /** Sent transfers that are remembered until the feed has them, or the app ends. */
  outgoingMax: 50,
  /** Accounts that a token for a whole tenant offers to choose from. */
  accountsMax: 50,
  /** For reading their list, with all tries. */
  accountsMs: 3_000,
  /** And the pause before they are asked for again. */
  askAgainMs: 1_000,
  /** Entries that are kept for a start without a network. */
  keptEntriesMax: 50,
  /** Counterparties of the newest entries that are offered as recipients. */
  recentRecipientsMax: 5,
  narrationMax: 140,
} as const;
