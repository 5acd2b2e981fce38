// Whether Atlas takes a token of the provider, asked before anything is shown: a wrong audience or a
// missing claim is then one page that says so, and not a refusal on every page.
import { AtlasError, createClient, readClaims, type Claims } from '@atlas/client';
import { SignInFailure } from './failure.ts';

const deadlineMs = 10_000;

/** @throws SignInFailure `not_accepted` with the reason, `clock`, `atlas_unreachable` */
export async function checkToken(token: string): Promise<Claims> {
  const atlas = createClient({ url: location.origin, token });
  try {
    await atlas.session({ deadlineMs });
  } catch (error) {
    const isRefused = error instanceof AtlasError && error.status === 401;
    throw new SignInFailure(isRefused ? 'not_accepted' : 'atlas_unreachable', messageOf(error));
  } finally {
    atlas.close();
  }
  const claims = readClaims(token);
  if (claims === undefined) throw new SignInFailure('not_accepted', 'It cannot be read here.');
  if (claims.expiresAtMs <= Date.now()) throw new SignInFailure('clock');
  return claims;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
