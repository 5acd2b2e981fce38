// The ETag of a balance is its version, so a client that has the newest is told so in 304 without a
// body. "r1" names the representation: it changes when the body's form does.

export function etagOf(version: number): string {
  return `"r1-${version}"`;
}

/** Whether If-None-Match names this ETag: alone, in a list, weakly, or by `*`. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true;
  // Weak comparison, as RFC 9110 asks for here: W/ is passed over.
  return ifNoneMatch.match(/"[^"]*"/g)?.includes(etag) ?? false;
}
