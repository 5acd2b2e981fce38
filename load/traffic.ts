// The requests of a load, made as cheaply as they can be: at thousands a second, what the generator
// spends on words it does not have for keeping its schedule.
import { pick, type Random } from '../src/commands/demo/random.ts';
import { zipf } from './zipf.ts';

export interface TrafficPlace {
  /** Of the gateway. */
  readonly url: string;
  /** Of several subjects where that is possible: a quota is for one customer, not for all of them. */
  readonly tokens: readonly string[];
  readonly accountIds: readonly string[];
  readonly skew: number;
  readonly random: Random;
  /** Begins the idempotency keys of this run, so that no other has them. */
  readonly runId: string;
}

/** Endless transfers of small amounts between the accounts, none to itself. */
export function transferRequests(place: TrafficPlace, kind = 't'): () => string {
  const heads = headsOf(place, 'POST /payments/transfers');
  const next = nextTransfer(place);
  let count = 0;
  return () => {
    count += 1;
    return post(pick(place.random, heads), next(), `${place.runId}:${kind}${count}`);
  };
}

/** Batches of transfers, as an import posts them. */
export function batchRequests(place: TrafficPlace, size: number): () => string {
  const heads = headsOf(place, 'POST /payments/transfers/batch');
  const next = nextTransfer(place);
  let count = 0;
  return () => {
    const items = Array.from({ length: size }, () => {
      count += 1;
      return `{"key":"${place.runId}:b${count}",${next().slice(1)}`;
    });
    return post(pick(place.random, heads), `{"transfers":[${items.join(',')}]}`);
  };
}

export function balanceRequests(place: TrafficPlace): () => string {
  const { accountIds, random, skew, url, tokens } = place;
  const rank = zipf({ count: accountIds.length, skew }, random);
  const ends = tokens.map((token) => ` HTTP/1.1\r\n${headersOf(url, token)}\r\n`);
  return () => `GET /ledger/accounts/${accountIds[rank()]!}/balance${pick(random, ends)}`;
}

function nextTransfer({ accountIds, skew, random }: TrafficPlace): () => string {
  const rank = zipf({ count: accountIds.length, skew }, random);
  return () => {
    const source = rank();
    let destination = rank();
    if (destination === source) destination = (source + 1) % accountIds.length;
    const minor = 1 + Math.floor(random() * 5_000);
    return `{"sourceAccountId":"${accountIds[source]!}","destinationAccountId":"${accountIds[destination]!}","minor":"${minor}","currency":"EUR"}`;
  };
}

function headsOf({ url, tokens }: TrafficPlace, start: string): string[] {
  return tokens.map(
    (token) => `${start} HTTP/1.1\r\n${headersOf(url, token)}content-type: application/json\r\n`,
  );
}

function headersOf(url: string, token: string): string {
  return `host: ${new URL(url).host}\r\nauthorization: Bearer ${token}\r\n`;
}

/** Only ASCII is sent, so that characters are bytes. */
function post(head: string, body: string, key?: string): string {
  const keyLine = key === undefined ? '' : `idempotency-key: ${key}\r\n`;
  return `${head}${keyLine}content-length: ${body.length}\r\n\r\n${body}`;
}
