// The addresses on a request's way, the last of which Atlas has seen itself. Those at the end that are of the
// own network are the gateway and proxies; before them stands the caller, and what stands before that are
// the caller's own claims.

const ownNetwork =
  /^(::ffff:)?(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)|^::1$|^f[cd][0-9a-f]{2}:|^fe80:/i;

export function pathOf(address: string | null): readonly string[] {
  return (address ?? '').split(',').flatMap((part) => part.trim() || []);
}

/** Where it came from, as far as can be told: where all are of the own network, the first. */
export function callerOf(address: string | null): string | undefined {
  const path = pathOf(address);
  return path.findLast((hop) => !ownNetwork.test(hop)) ?? path[0];
}
