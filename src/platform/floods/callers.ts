// Who is at the other end: the address of a connection, or, where a proxy that we trust is there, the
// last address before our own proxies that X-Forwarded-For names. What stands further left is a claim.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Where proxies stand by default: on this machine and in private networks, as the gateway does. */
export const privateNetworks: readonly string[] = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1/128',
  'fc00::/7',
];

/** Addresses and headers that are remembered. */
const rememberedMax = 10_000;

export class Callers {
  readonly #proxies: BlockList;
  readonly #remembered = new Map<string, boolean>();
  /** Callers by the header that named them. */
  readonly #paths = new Map<string, string | undefined>();

  /** @param proxies addresses and networks (CIDR). @throws RangeError for what is neither */
  constructor(proxies: readonly string[]) {
    this.#proxies = blockListOf(proxies);
  }

  /** A proxy of ours, or another role: no limit for one caller is meant for it. */
  trusts(address: string): boolean {
    let trusted = this.#remembered.get(address);
    if (trusted === undefined) {
      trusted = this.#proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
      if (this.#remembered.size >= rememberedMax) this.#remembered.clear();
      this.#remembered.set(address, trusted);
    }
    return trusted;
  }

  /** The caller whom a proxy of ours has named; undefined without a proxy, and for requests of our own. */
  forwarded({ headers, socket }: IncomingMessage): string | undefined {
    const path = headers['x-forwarded-for'];
    if (typeof path !== 'string' || !this.trusts(plain(socket.remoteAddress ?? '')))
      return undefined;
    if (this.#paths.has(path)) return this.#paths.get(path);
    const addresses = path.split(',').map((address) => plain(address.trim()));
    const last = addresses.findLast((address) => isIP(address) !== 0 && !this.trusts(address));
    const caller = last === undefined ? undefined : callerOf(last);
    if (this.#paths.size >= rememberedMax) this.#paths.clear();
    this.#paths.set(path, caller);
    return caller;
  }
}

/** IPv4 as such, also where it came to a socket for both. */
export function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** What counts as one caller: of IPv6 the network, as whoever has one address has 2^64. */
export function callerOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [left = '', right = ''] = address.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === '' ? [] : right.split(':');
  const zeros = address.includes('::') ? Math.max(0, 8 - head.length - tail.length) : 0;
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const version = isIP(address);
    const longest = version === 4 ? 32 : 128;
    const prefix = bits === undefined ? longest : Number(bits);
    if (version === 0 || !(Number.isInteger(prefix) && prefix >= 0 && prefix <= longest)) {
      throw new RangeError(`${network} is no address and no network`);
    }
    list.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
