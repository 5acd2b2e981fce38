// Generated from docs/openapi by `npm run openapi`: what the wire carries, amounts as strings.

export type Account = {
  accountId: string;
  currency: string;
  /** Lowest available balance in minor units; null: no limit */
  minimumMinor: string | null;
  /** When it was opened */
  createdAt: string;
};

export type AccountPage = {
  items: Account[];
  /** Send it as `cursor` for the next page; null: this is the last one */
  nextCursor: string | null;
};

export type AuditPage = {
  items: AuditRecord[];
  /** Send it as `cursor` for the next page; null: this is the last one */
  nextCursor: string | null;
};

export type AuditRecord = {
  id: string;
  at: string;
  /** What was done */
  action: string;
  /** Why: of a refusal or an end */
  code: string | null;
  /** Who did it: `sub` of the token */
  subject: string;
  /** `sid` or `jti` of the token */
  session: string | null;
  accountIds: string[];
  /** Of the hub */
  connectionId: string | null;
  /** The process where it happened */
  node: string;
  /** Addresses on the way here; all but the last are claims */
  address: string | null;
  /** As the client names itself */
  userAgent: string | null;
  /** More, by action */
  details: Record<string, string>;
};

export type Balance = {
  accountId: string;
  currency: string;
  /** What may be spent: booked less pending, in minor units */
  availableMinor: string;
  /** What holds have reserved, in minor units */
  pendingMinor: string;
  /** Sum of all entries, in minor units */
  bookedMinor: string;
  /** Rises by one with each change */
  version: number;
  /** When this version was made */
  updatedAt: string;
};

export type Batch = {
  transfers: {
    /** 1-255 visible ASCII characters, unique within the tenant */
    key: string;
    /** Account id within the tenant */
    sourceAccountId: string;
    /** Account id within the tenant */
    destinationAccountId: string;
    /** As in a single transfer; what is out of range is refused by itself */
    minor: string | number;
    /** ISO 4217 code */
    currency: string;
    narration?: string;
    /** ISO 8601; without a zone it is UTC */
    effectiveAt?: string;
    metadata?: Record<string, string>;
    context?: {
      merchantId?: string;
      scheme?: string;
      customerId?: string;
      deviceId?: string;
    };
  }[];
};

export type BatchResults = {
  results: ({
    key: string;
    /** An earlier request decided this */
    replayed?: true;
    status: "posted";
    /** Names the transfer */
    entryId: string;
    source: {
      /** The account's version after this transfer */
      version: number;
    };
    destination: {
      /** The account's version after this transfer */
      version: number;
    };
    postedAt: string;
  } | {
    key: string;
    /** An earlier request decided this */
    replayed?: true;
    status: "refused";
    problem: Problem;
  })[];
};

export type CacheStats = {
  /** The replica that this is of; `all` is of all */
  node: string;
  /** redis or memory */
  engine: string;
  /** Balance reads: hits + misses + bypasses */
  reads: number;
  /** Reads that the cache answered, or a copy in the process */
  hits: number;
  /** Reads of balances that it did not have */
  misses: number;
  /** Reads while it was away or not to be trusted */
  bypasses: number;
  /** Hits that a copy in the process answered, as maxStaleMs allowed */
  localHits: number;
  /** hits / reads; 0 before the first read */
  hitRatio: number;
  /** Queries that went to the book, each for all reads that waited for one */
  databaseCalls: number;
  /** Reads that were answered without a query of their own */
  databaseCallsSaved: number;
  /** Reads without an answer and without a query of their own; of reads that have ended, reads = databaseCalls + databaseCallsSaved + failed */
  failed: number;
  /** Balances from the book that were offered to the cache */
  fills: number;
  /** Look-ups of accounts that do not exist; that is kept for a second */
  notFound: number;
  /** The sums over `replicas` */
  all: {
    /** Balance reads: hits + misses + bypasses */
    reads: number;
    /** Reads that the cache answered, or a copy in the process */
    hits: number;
    /** Reads of balances that it did not have */
    misses: number;
    /** Reads while it was away or not to be trusted */
    bypasses: number;
    /** Hits that a copy in the process answered, as maxStaleMs allowed */
    localHits: number;
    /** hits / reads; 0 before the first read */
    hitRatio: number;
    /** Queries that went to the book, each for all reads that waited for one */
    databaseCalls: number;
    /** Reads that were answered without a query of their own */
    databaseCallsSaved: number;
    /** Reads without an answer and without a query of their own; of reads that have ended, reads = databaseCalls + databaseCallsSaved + failed */
    failed: number;
    /** Balances from the book that were offered to the cache */
    fills: number;
    /** Look-ups of accounts that do not exist; that is kept for a second */
    notFound: number;
  };
  /** All that live; only this one while it cannot hear of the others */
  replicas: {
    /** As in the audit record */
    node: string;
    /** How old its figures are */
    ageMs: number;
    /** Balance reads: hits + misses + bypasses */
    reads: number;
    /** Reads that the cache answered, or a copy in the process */
    hits: number;
    /** Reads of balances that it did not have */
    misses: number;
    /** Reads while it was away or not to be trusted */
    bypasses: number;
    /** Hits that a copy in the process answered, as maxStaleMs allowed */
    localHits: number;
    /** hits / reads; 0 before the first read */
    hitRatio: number;
    /** Queries that went to the book, each for all reads that waited for one */
    databaseCalls: number;
    /** Reads that were answered without a query of their own */
    databaseCallsSaved: number;
    /** Reads without an answer and without a query of their own; of reads that have ended, reads = databaseCalls + databaseCallsSaved + failed */
    failed: number;
    /** Balances from the book that were offered to the cache */
    fills: number;
    /** Look-ups of accounts that do not exist; that is kept for a second */
    notFound: number;
  }[];
  /** false: other replicas could not be heard of */
  complete: boolean;
};

export type CurrentSession = {
  tenant: string;
  /** `sub` of the token */
  subject: string;
  /** What it may see and debit; `*`: all of its tenant */
  accounts: "*" | string[];
  scopes: string[];
  /** `sid` or `jti` of the token */
  session: string;
  expiresAt: string;
};

export type EngineHealth = {
  need: "book" | "events" | "cache";
  engine: string;
  /** `partly`: some who use it say that it is up, and others that it is not */
  state: "up" | "partly" | "down";
  /** As it is now since then */
  since: string;
  /** As it says itself; null: it does not */
  version: string | null;
  seenBy: {
    node: string;
    role: string;
    up: boolean;
    /** As it is now since then */
    since: string;
  }[];
};

export type Entry = {
  /** Names the transfer */
  entryId: string;
  /** The account's version after this entry */
  version: number;
  /** Signed: negative where the account was debited, in minor units */
  amountMinor: string;
  /** Booked balance after this entry, in minor units */
  balanceAfterMinor: string;
  counterpartyAccountId: string;
  narration: string | null;
  effectiveAt: string | null;
  /** When it was posted */
  postedAt: string;
};

export type EntryPage = {
  items: Entry[];
  /** Send it as `cursor` for the next page; null: this is the last one */
  nextCursor: string | null;
};

export type FoundTransfer = {
  status: "posted";
  /** Names the transfer */
  entryId: string;
  source: {
    /** The account's version after this transfer */
    version: number;
  };
  destination: {
    /** The account's version after this transfer */
    version: number;
  };
  postedAt: string;
  key: string;
  sourceAccountId: string;
  destinationAccountId: string;
  minor: string;
  currency: string;
  narration?: string;
  effectiveAt?: string;
  metadata?: Record<string, string>;
  context?: Record<string, string>;
} | {
  status: "refused";
  problem: Problem;
  key: string;
  sourceAccountId: string;
  destinationAccountId: string;
  minor: string;
  currency: string;
  narration?: string;
  effectiveAt?: string;
  metadata?: Record<string, string>;
  context?: Record<string, string>;
};

export type GatewayLoadSheddingStats = {
  /** The replica that they are of */
  node: string;
  roles: {
    payments: {
      breaker: "closed" | "half_open" | "open";
      /** Calls under way */
      running: number;
      /** The most at once */
      runningMax: number;
      /** Calls that wait for a place */
      waiting: number;
      /** The most that may */
      waitingMax: number;
      refused: {
        /** By the breaker */
        open: number;
        /** All places were held by calls over their time */
        stuck: number;
        /** No place, and no room to wait */
        full: number;
        /** No place came in time */
        waited: number;
      };
      /** Requests and sockets passed on since the start */
      passed: number;
    };
    ledger: {
      breaker: "closed" | "half_open" | "open";
      /** Calls under way */
      running: number;
      /** The most at once */
      runningMax: number;
      /** Calls that wait for a place */
      waiting: number;
      /** The most that may */
      waitingMax: number;
      refused: {
        /** By the breaker */
        open: number;
        /** All places were held by calls over their time */
        stuck: number;
        /** No place, and no room to wait */
        full: number;
        /** No place came in time */
        waited: number;
      };
      /** Requests and sockets passed on since the start */
      passed: number;
    };
    realtime: {
      breaker: "closed" | "half_open" | "open";
      /** Calls under way */
      running: number;
      /** The most at once */
      runningMax: number;
      /** Calls that wait for a place */
      waiting: number;
      /** The most that may */
      waitingMax: number;
      refused: {
        /** By the breaker */
        open: number;
        /** All places were held by calls over their time */
        stuck: number;
        /** No place, and no room to wait */
        full: number;
        /** No place came in time */
        waited: number;
      };
      /** Requests and sockets passed on since the start */
      passed: number;
    };
  };
  /** Refused or cut off before it was a request, since the start */
  floods: {
    /** Connections beyond all that may be open */
    connections: number;
    /** Connections of an address beyond its own */
    address_connections: number;
    /** Requests under way of an address beyond its own */
    address_requests: number;
    /** Requests on a connection ahead of their answers */
    connection_requests: number;
    /** Idle connections closed to make room */
    idle_closed: number;
    /** Heads that were too large */
    head_too_large: number;
    /** Heads that came too slowly */
    slow_head: number;
    /** Bodies that came too slowly */
    slow_body: number;
    /** Bytes that were no HTTP */
    malformed: number;
  };
};

export type HubConnection = {
  connectionId: string;
  /** The replica that it is connected to */
  node: string;
  /** How it is reached */
  transport: "WebSockets" | "ServerSentEvents" | "LongPolling";
  /** `sub` of its token */
  subject: string;
  /** `sid` or `jti` of its token */
  session: string;
  /** Addresses on the way here; all but the last are claims */
  address: string;
  /** As the client names itself */
  userAgent: string | null;
  connectedAt: string;
  /** When its token ends */
  expiresAt: string;
  /** Accounts that it watches */
  subscriptionCount: number;
  /** The first 1,000 of them */
  subscriptions: string[];
  /** Accounts whose newest balance it has not been sent */
  unsent: number;
  /** Balances that were overtaken before it could take them */
  conflated: number;
  /** Sent, but not taken by the client or the network */
  waitingBytes: number;
  /** So many bytes wait that nothing more is sent */
  slow: boolean;
};

export type HubConnections = {
  /** As many there are, on this page or not */
  total: number;
  /** Those that came last, first */
  items: HubConnection[];
  /** Send it as `cursor` for the next page; null: this is the last one */
  nextCursor: string | null;
  /** Replicas that did not answer in time: what they know is missing here */
  unanswered: string[];
};

export type HubInfo = {
  endpoint: string;
  transports: string[];
  protocols: string[];
  features: string[];
};

export type HubLoadSheddingStats = {
  /** The replica that they are of */
  node: string;
  /** Open now */
  connections: number;
  /** The most at once */
  connectionsLimit: number;
  /** Connections let in since the start */
  opened: number;
  /** Accounts that are watched now, for each connection */
  subscriptions: number;
  /** Calls of hub methods since the start, refused or not */
  calls: number;
  shed: {
    connections: {
      /** This replica has as many as it takes */
      replica_connections: number;
      /** The user has as many as one may have */
      user_connections: number;
      /** This replica has as many sockets as it takes, those that just arrive included */
      connections_full: number;
      /** Too many waited to be let in */
      admissions_full: number;
      /** Their token was not verified in time */
      admission_late: number;
    };
    subscriptions: {
      /** This process is at its limits */
      pressure: number;
      /** The connection has as many as one may have */
      connection_subscriptions: number;
      /** The user has as many as one may have */
      user_subscriptions: number;
      /** Too many waited for their first balance */
      snapshots_full: number;
      /** Their turn for a first balance did not come in time */
      snapshots_late: number;
      /** The ledger had no room for their first balance */
      overloaded: number;
      /** The ledger did not answer */
      unavailable: number;
    };
    messages: {
      /** The user sent too many a second */
      user_messages: number;
      /** Too many POSTs of the connection waited for their turn */
      posts_full: number;
    };
  };
  firstBalances: {
    /** Being read */
    running: number;
    /** The most at once */
    runningMax: number;
    /** That wait for their turn */
    waiting: number;
    /** The most that may */
    waitingMax: number;
  };
  pressure: {
    /** 0: none */
    degree: number;
    /** Of new subscriptions */
    admittedPart: number;
    /** How late the event loop is, ms */
    loop: {
      /** In the last window */
      value: number;
      /** From here on */
      limit: number;
      over: boolean;
    };
    /** The part of the memory that is used */
    memory: {
      /** In the last window */
      value: number;
      /** From here on */
      limit: number;
      over: boolean;
    };
  };
  /** Refused or cut off before it was a request, since the start */
  floods: {
    /** Connections beyond all that may be open */
    connections: number;
    /** Connections of an address beyond its own */
    address_connections: number;
    /** Requests under way of an address beyond its own */
    address_requests: number;
    /** Requests on a connection ahead of their answers */
    connection_requests: number;
    /** Idle connections closed to make room */
    idle_closed: number;
    /** Heads that were too large */
    head_too_large: number;
    /** Heads that came too slowly */
    slow_head: number;
    /** Bodies that came too slowly */
    slow_body: number;
    /** Bytes that were no HTTP */
    malformed: number;
  };
};

export type HubNode = {
  /** Names the replica */
  node: string;
  /** Of the program */
  version: string;
  startedAt: string;
  /** It sends its clients elsewhere */
  draining: boolean;
  /** Open connections of the token's tenant */
  connections: number;
  /** Accounts that they watch, counted for each */
  subscriptions: number;
  /** Connections that do not take what they are sent */
  slow: number;
  /** It reads the event log */
  feedConnected: boolean;
  /** Records of the event log that it has yet to read, as last heard */
  lagRecords: number;
};

export type HubNodes = {
  items: HubNode[];
  /** Replicas that did not answer in time: what they know is missing here */
  unanswered: string[];
};

export type LedgerLoadSheddingStats = {
  /** The replica that they are of */
  node: string;
  /** Requests under way */
  inFlight: number;
  /** The most at once */
  inFlightLimit: number;
  /** Requests let in since the start */
  admitted: number;
  shed: {
    balance: {
      /** Refused of balances because this process, or the line to the book, is at its limits */
      pressure: number;
      /** Refused of balances by the limit of requests */
      inFlight: number;
    };
    entries: {
      /** Refused of statements because this process, or the line to the book, is at its limits */
      pressure: number;
      /** Refused of statements by the limit of requests */
      inFlight: number;
    };
    accounts: {
      /** Refused of accounts because this process, or the line to the book, is at its limits */
      pressure: number;
      /** Refused of accounts by the limit of requests */
      inFlight: number;
    };
    audit: {
      /** Refused of the audit record because this process, or the line to the book, is at its limits */
      pressure: number;
      /** Refused of the audit record by the limit of requests */
      inFlight: number;
    };
  };
  pressure: {
    /** Of this process; 0: none */
    degree: number;
    admittedPart: {
      balance: number;
      entries: number;
      accounts: number;
      audit: number;
    };
    /** How late the event loop is, ms */
    loop: {
      /** In the last window */
      value: number;
      /** From here on */
      limit: number;
      over: boolean;
    };
    /** The part of the memory that is used */
    memory: {
      /** In the last window */
      value: number;
      /** From here on */
      limit: number;
      over: boolean;
    };
    waits: {
      /** How long the next of statements waits for a place, as a part of the longest wait */
      entries: {
        /** In the last window */
        value: number;
        /** From here on */
        limit: number;
        over: boolean;
      };
      /** How long the next of accounts waits for a place, as a part of the longest wait */
      accounts: {
        /** In the last window */
        value: number;
        /** From here on */
        limit: number;
        over: boolean;
      };
      /** How long the next of the audit record waits for a place, as a part of the longest wait */
      audit: {
        /** In the last window */
        value: number;
        /** From here on */
        limit: number;
        over: boolean;
      };
    };
  };
  reads: {
    balances: {
      breaker: "closed" | "half_open" | "open";
      /** Calls under way */
      running: number;
      /** The most at once */
      runningMax: number;
      /** Calls that wait for a place */
      waiting: number;
      /** The most that may */
      waitingMax: number;
      refused: {
        /** By the breaker */
        open: number;
        /** All places were held by calls over their time */
        stuck: number;
        /** No place, and no room to wait */
        full: number;
        /** No place came in time */
        waited: number;
      };
    };
    statements: {
      breaker: "closed" | "half_open" | "open";
      /** Calls under way */
      running: number;
      /** The most at once */
      runningMax: number;
      /** Calls that wait for a place */
      waiting: number;
      /** The most that may */
      waitingMax: number;
      refused: {
        /** By the breaker */
        open: number;
        /** All places were held by calls over their time */
        stuck: number;
        /** No place, and no room to wait */
        full: number;
        /** No place came in time */
        waited: number;
      };
    };
    accounts: {
      breaker: "closed" | "half_open" | "open";
      /** Calls under way */
      running: number;
      /** The most at once */
      runningMax: number;
      /** Calls that wait for a place */
      waiting: number;
      /** The most that may */
      waitingMax: number;
      refused: {
        /** By the breaker */
        open: number;
        /** All places were held by calls over their time */
        stuck: number;
        /** No place, and no room to wait */
        full: number;
        /** No place came in time */
        waited: number;
      };
    };
    transfers: {
      breaker: "closed" | "half_open" | "open";
      /** Calls under way */
      running: number;
      /** The most at once */
      runningMax: number;
      /** Calls that wait for a place */
      waiting: number;
      /** The most that may */
      waitingMax: number;
      refused: {
        /** By the breaker */
        open: number;
        /** All places were held by calls over their time */
        stuck: number;
        /** No place, and no room to wait */
        full: number;
        /** No place came in time */
        waited: number;
      };
    };
    audit: {
      breaker: "closed" | "half_open" | "open";
      /** Calls under way */
      running: number;
      /** The most at once */
      runningMax: number;
      /** Calls that wait for a place */
      waiting: number;
      /** The most that may */
      waitingMax: number;
      refused: {
        /** By the breaker */
        open: number;
        /** All places were held by calls over their time */
        stuck: number;
        /** No place, and no room to wait */
        full: number;
        /** No place came in time */
        waited: number;
      };
    };
  };
};

export type ListedTransfer = {
  status: "posted";
  /** Names the transfer */
  entryId: string;
  source: {
    /** The account's version after this transfer */
    version: number;
  };
  destination: {
    /** The account's version after this transfer */
    version: number;
  };
  postedAt: string;
  key: string;
  sourceAccountId: string;
  destinationAccountId: string;
  minor: string;
  currency: string;
  narration?: string;
  effectiveAt?: string;
  metadata?: Record<string, string>;
  context?: Record<string, string>;
  /** When it was posted or refused: the time by which lists are ordered */
  decidedAt: string;
} | {
  status: "refused";
  problem: Problem;
  key: string;
  sourceAccountId: string;
  destinationAccountId: string;
  minor: string;
  currency: string;
  narration?: string;
  effectiveAt?: string;
  metadata?: Record<string, string>;
  context?: Record<string, string>;
  /** When it was posted or refused: the time by which lists are ordered */
  decidedAt: string;
};

export type LoadOrder = {
  /** One of `atlas load` */
  scenario: "transfers" | "reads" | "shedding";
  /** Arrivals a second: transfers up to 2000, reads up to 5000, shedding up to 300; of shedding before and after its spike of ten times as many */
  ratePerSecond: number;
  seconds: number;
};

export type LoadRun = {
  /** One of `atlas load` */
  scenario: "transfers" | "reads" | "shedding";
  ratePerSecond: number;
  seconds: number;
  startedAt: string;
  state: "preparing" | "running" | "done" | "stopped" | "failed";
  /** One a second; counts since the start */
  moments: {
    /** Since the first arrival */
    atMs: number;
    classes: {
      /** A class of traffic */
      name: string;
      /** Arrivals so far: what customers wanted */
      offered: number;
      /** Of them, those that were served in time */
      good: number;
      /** Requests that were turned away for now, retries included */
      shed: number;
      /** Requests without an answer, or with one that leaves it open what happened */
      failed: number;
      /** Requests without an answer yet */
      inFlight: number;
    }[];
  }[];
  result: null | {
    verdicts: {
      /** A bar of the platform, and what was measured */
      text: string;
      isKept: boolean;
    }[];
    latencies: {
      name: string;
      p50Ms: number;
      p99Ms: number;
    }[];
    /** Why the figures must not be used; empty for a good run */
    voidBecause: string[];
  };
  /** Why it failed */
  error: string | null;
};

export type LoadShedding = {
  /** Transfer requests admitted a second */
  ratePerSecond: number;
  /** Transfer requests admitted at once after a pause */
  burstCapacity: number;
  /** Those of one client a second; 0: no quota */
  clientRatePerSecond: number;
  /** Those of one client at once after a pause */
  clientBurstCapacity: number;
  setBy: "settings" | "operator";
  /** By the operator */
  setAt?: string;
};

export type LoadSheddingStats = {
  /** The replica that they are of */
  node: string;
  /** Whole tokens in the bucket */
  tokensAvailable: number;
  /** Tokens that flow in: the ceiling */
  ratePerSecond: number;
  /** Tokens that the bucket keeps */
  burstCapacity: number;
  /** Transfers under way; a request whose body has not come counts as one */
  inFlight: number;
  /** Of the normal class: transfers that may be under way now */
  inFlightLimit: number;
  inFlightLimits: {
    /** The same by class */
    critical: number;
    /** The same by class */
    normal: number;
    /** The same by class */
    bulk: number;
  };
  /** Requests in the last second, admitted or not */
  offeredPerSecond: number;
  offeredPerSecondByClass: {
    /** The same by class */
    critical: number;
    /** The same by class */
    normal: number;
    /** The same by class */
    bulk: number;
  };
  /** Requests that came since the start: admitted + shed */
  offered: number;
  offeredByClass: {
    /** The same by class */
    critical: number;
    /** The same by class */
    normal: number;
    /** The same by class */
    bulk: number;
  };
  /** Requests admitted since the start, and not refused afterwards */
  admitted: number;
  admittedByClass: {
    /** The same by class */
    critical: number;
    /** The same by class */
    normal: number;
    /** The same by class */
    bulk: number;
  };
  shed: {
    critical: {
      /** Refused because the caller's time was over, at the door or after it */
      deadline: number;
      /** Refused because this process is at its limits */
      pressure: number;
      /** Refused by the in-flight limit */
      inFlight: number;
      /** Refused by the token bucket */
      rate: number;
      /** Refused by the client's quota */
      quota: number;
      /** Refused after the door because the way to the core was full */
      queue: number;
    };
    normal: {
      /** Refused because the caller's time was over, at the door or after it */
      deadline: number;
      /** Refused because this process is at its limits */
      pressure: number;
      /** Refused by the in-flight limit */
      inFlight: number;
      /** Refused by the token bucket */
      rate: number;
      /** Refused by the client's quota */
      quota: number;
      /** Refused after the door because the way to the core was full */
      queue: number;
    };
    bulk: {
      /** Refused because the caller's time was over, at the door or after it */
      deadline: number;
      /** Refused because this process is at its limits */
      pressure: number;
      /** Refused by the in-flight limit */
      inFlight: number;
      /** Refused by the token bucket */
      rate: number;
      /** Refused by the client's quota */
      quota: number;
      /** Refused after the door because the way to the core was full */
      queue: number;
    };
  };
  reasons: {
    deadline: {
      /** Where the caller sends no Request-Timeout */
      defaultMs: number;
      /** The longest that counts */
      maxMs: number;
    };
    pressure: {
      /** The classes that would be refused for this now */
      refusing: ("critical" | "normal" | "bulk")[];
      /** 0: none */
      degree: number;
      admittedPart: {
        critical: number;
        normal: number;
        bulk: number;
      };
      /** How late the event loop is, ms */
      loop: {
        /** In the last window */
        value: number;
        /** From here on */
        limit: number;
        over: boolean;
      };
      /** The part of the memory that is used */
      memory: {
        /** In the last window */
        value: number;
        /** From here on */
        limit: number;
        over: boolean;
      };
      /** Milliseconds that what waits in the core will wait for a connection */
      pool: {
        /** In the last window */
        value: number;
        /** From here on */
        limit: number;
        over: boolean;
      };
    };
    inFlight: {
      /** The classes that would be refused for this now */
      refusing: ("critical" | "normal" | "bulk")[];
      /** Mean latency when something last completed */
      meanMs?: number;
      /** The latency aimed at */
      targetMs: number;
    };
    rate: {
      /** The classes that would be refused for this now */
      refusing: ("critical" | "normal" | "bulk")[];
      tokensKept: {
        /** Tokens that this class leaves to those above it */
        critical: number;
        /** Tokens that this class leaves to those above it */
        normal: number;
        /** Tokens that this class leaves to those above it */
        bulk: number;
      };
      /** Of this replica, of all together, or the part of it while Redis is away */
      ceiling: "alone" | "shared" | "own share";
      /** Those that have part in the ceiling, as last seen */
      replicas: number;
    };
    quota: {
      /** Requests of one client a second; 0: no quota */
      ratePerSecond: number;
      /** Requests of one client at once */
      burstCapacity: number;
      /** Clients that asked lately */
      clients: number;
      /** Clients that have nothing left now */
      exhausted: number;
    };
    queue: {
      /** Transfers that wait for a hand-over */
      transfers: number;
      /** The most that may */
      transfersMax: number;
    };
  };
};

export type OpenAccount = {
  /** ISO 4217 code */
  currency: string;
  /** Lowest available balance in minor units, zero or less; null: no limit */
  minimumMinor?: string | number | null;
};

export type PlatformHealth = {
  roles: RoleHealth[];
  engines: EngineHealth[];
  /** false: a replica has not answered */
  complete: boolean;
};

export type PostedTransfer = {
  status: "posted";
  /** Names the transfer */
  entryId: string;
  source: {
    /** The account's version after this transfer */
    version: number;
  };
  destination: {
    /** The account's version after this transfer */
    version: number;
  };
  postedAt: string;
};

/** RFC 9457 */
export type Problem = {
  type: string;
  title: string;
  status: number;
  /** What to do, in words; not stable */
  detail: string;
  /** Stable; decides what the caller should do */
  code: "invalid_request" | "idempotency_key_missing" | "unauthenticated" | "forbidden" | "not_found" | "account_not_found" | "method_not_allowed" | "insufficient_funds" | "balance_limit_exceeded" | "request_in_flight" | "load_running" | "account_conflict" | "version_not_reached" | "payload_too_large" | "unsupported_media_type" | "idempotency_key_reused" | "currency_mismatch" | "same_account" | "rate_limited" | "headers_too_large" | "internal" | "overloaded" | "unavailable";
  /** The path of the request */
  instance?: string;
  /** What is wrong where in the request */
  errors?: {
    path: string;
    message: string;
  }[];
};

export type RoleHealth = {
  role: string;
  /** Of its best replica */
  state: "ready" | "not_ready" | "unanswered" | "absent";
  since: string | null;
  replicas: {
    node: string;
    state: "ready" | "not_ready" | "unanswered" | "absent";
    /** As it is now since then */
    since: string;
    /** As it says itself; null: it does not */
    version: string | null;
    startedAt: string;
    checks: {
      name: string;
      up: boolean;
      /** As it is now since then */
      since: string;
    }[];
  }[];
};

export type SignInSettings = {
  /** Null: by a token that is pasted */
  signIn: {
    /** The OpenID provider */
    issuer: string;
    /** What the app is called there */
    clientId: string;
    /** What it asks for */
    scope: string;
    /** For whom it asks, where the provider has to be told */
    audience: string | null;
  } | null;
  /** Those of `atlas token` are taken: this is no production */
  developmentTokens: boolean;
};

export type Telemetry = {
  source: "roles" | "prometheus";
  prometheus: "not_set" | "answered" | "unanswered";
  from: string;
  /** The last step may be cut short by it */
  to: string;
  stepSeconds: number;
  /** The longest range that can be asked for now */
  rangeSecondsMax: number;
  /** false: a replica of the range is missing in the figures */
  complete: boolean;
  replicas: {
    /** As in the audit record; from Prometheus: its instance */
    node: string;
    role: string;
    version: string | null;
    startedAt: string | null;
    /** `gone`: it was there in the range and is no longer */
    state: "answered" | "unanswered" | "gone";
  }[];
  figures: TelemetryFigure[];
  slos: TelemetrySlo[];
};

export type TelemetryFigure = {
  name: string;
  what: string;
  unit: "per second" | "share" | "ms" | "count";
  /** The metrics that it is made of */
  madeOf: string[];
  /** Of the whole range; of a gauge, where it stands now. Null: nothing is known */
  value: number | null;
  /** In each step */
  points: (number | null)[];
  /** The same by labels; without those that were zero all the time */
  parts: {
    of: Record<string, string>;
    /** Of the whole range; of a gauge, where it stands now. Null: nothing is known */
    value: number | null;
    /** In each step */
    points: (number | null)[];
  }[];
};

export type TelemetrySlo = {
  name: string;
  what: string;
  is: "<" | ">" | "≥";
  bar: number;
  unit: "%" | "ms";
  /** So many requests it takes to judge; those that are missing count as good. Null: it is of time */
  eventsMin: number | null;
  /** Requests of the range; null: it is of time */
  events: number | null;
  /** In the unit of the bar; null: there was nothing to judge */
  value: number | null;
  /** Over the range; unknown: there was nothing to judge, or too little */
  state: "kept" | "broken" | "unknown";
  /** How fast the allowed failures were used up in the range; 1: as allowed */
  burnRange: number | null;
  /** How fast the allowed failures were used up in the last hour; 1: as allowed */
  burnHour: number | null;
  madeOf: string[];
};

export type Transfer = {
  /** Account id within the tenant */
  sourceAccountId: string;
  /** Account id within the tenant */
  destinationAccountId: string;
  /** Amount in minor units, as a decimal string (or a safe integer) */
  minor: string | number;
  /** ISO 4217 code */
  currency: string;
  narration?: string;
  /** ISO 8601; without a zone it is UTC */
  effectiveAt?: string;
  metadata?: Record<string, string>;
  context?: {
    merchantId?: string;
    scheme?: string;
    customerId?: string;
    deviceId?: string;
  };
};

export type TransferPage = {
  items: ListedTransfer[];
  /** Send it as `cursor` for the next page; null: this is the last one */
  nextCursor: string | null;
  /** All that is selected and was decided after this time is in this page or in those before it; null: there is nothing older */
  searchedTo: string | null;
};

export type TransferTimeline = {
  entryId: string;
  /** As the book says */
  postedAt: string;
  /** In the order of the way; `delivered` once for each replica of the hub */
  stages: ({
    stage: "admitted" | "committed" | "cached" | "published" | "delivered";
    status: "measured";
    /** By the clock of the node */
    at: string;
    /** Milliseconds since it was admitted; null where that was not measured. By two clocks where two machines have measured, so that it may even be negative */
    offsetMs: number | null;
    /** The process that measured it */
    node: string;
    /** Of `delivered`: the last delivery, where `at` is the first */
    lastAt?: string;
    /** Of `delivered`: balances written to connections; one that watches both accounts has two */
    deliveries?: number;
  } | {
    stage: "admitted" | "committed" | "cached" | "published" | "delivered";
    status: "missing";
    /** forgotten: only the last transfers are remembered, and only until a restart; unanswered: a node that may know did not answer; not_measured: it has not happened */
    reason: "forgotten" | "unanswered" | "not_measured";
  })[];
  /** Nodes that did not answer */
  unanswered: string[];
};

export type WantedLoadShedding = {
  /** Transfer requests admitted a second */
  ratePerSecond: number;
  /** Else twice the rate */
  burstCapacity?: number;
  /** Those of one client a second; 0: no quota */
  clientRatePerSecond?: number;
  /** Those of one client at once after a pause */
  clientBurstCapacity?: number;
};
