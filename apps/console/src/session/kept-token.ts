// A development token outlives a reload in its tab: nobody could renew it, and it is worth nothing beyond
// its machine. Any other token is kept in memory alone, where no later script of the page finds it.
import { isDevelopmentToken } from './token.ts';

const slot = 'atlas.token';

export const keptToken = {
  read: (): string | undefined => sessionStorage.getItem(slot) ?? undefined,
  keep(token: string): void {
    if (isDevelopmentToken(token)) sessionStorage.setItem(slot, token);
  },
  forget: (): void => sessionStorage.removeItem(slot),
};
