// Atlas as a phone finds it: the roles as processes of their own on the real engines, so that they can be killed, and
// people with money in their accounts.
import assert from 'node:assert/strict';
import type { DevelopmentClaims } from '../../src/platform/development-keys.ts';
import type { OpenPage } from '../console.ts';
import { startCluster, type RoleProcess } from '../faults/processes.ts';
import { realEngines } from '../system.ts';
import { isLive } from './hands.ts';
import { origin, type Phones, type Places } from './phone.ts';

export interface Newcomer {
  readonly name: string;
  readonly savings: string;
  token(claims?: Partial<DevelopmentClaims>): Promise<string>;
}

export interface Town {
  /** Where a phone is led, with the first hub. */
  readonly places: Places;
  /** Three of them; what has killed one starts it again, and nobody kills the first. */
  readonly hubs: readonly RoleProcess[];
  token(claims: Partial<DevelopmentClaims>): Promise<string>;
  /** Somebody new, with 100.00 EUR and a second account. */
  newcomer(): Promise<Newcomer>;
  /** Somebody new, whose phone shows the balance live. */
  person(phones: Phones): Promise<Newcomer & OpenPage>;
  pay(to: string, minor: string, narration: string): Promise<void>;
}

export const urlOf = ({ urls }: RoleProcess) => urls['realtime']!;

export async function startTown(stack: AsyncDisposableStack): Promise<Town> {
  const cluster = stack.use(await startCluster(await realEngines(stack)));
  const CORS_ORIGINS = origin;
  const book = await cluster.start(['core', 'ledger', 'payments'], { CORS_ORIGINS });
  const roles = {
    CORS_ORIGINS,
    LEDGER_INTERNAL: book.urls['core']!,
    LEDGER_URL: book.urls['ledger']!,
    PAYMENTS_URL: book.urls['payments']!,
  };
  const hubs = await Promise.all([1, 2, 3].map(() => cluster.start(['realtime'], roles)));
  const REALTIME_URL = urlOf(hubs[0]!);
  const { urls } = await cluster.start(['gateway'], { ...roles, REALTIME_URL });
  const gateway = urls['gateway']!;
  const client = await cluster.client(gateway);
  await client.open('mint', null);
  let count = 0;

  async function pay(to: string, minor: string, narration: string): Promise<void> {
    const { status } = await client.transfer(`pay-${++count}`, 'mint', to, minor, { narration });
    assert.equal(status, 201);
  }

  async function newcomer(): Promise<Newcomer> {
    const name = `ada-${++count}`;
    const savings = `${name}-savings`;
    for (const id of [name, savings]) await client.open(id);
    await pay(name, '10000', 'Salary');
    return {
      name,
      savings,
      token: (claims) => cluster.token({ subject: name, accounts: [name, savings], ...claims }),
    };
  }

  return {
    places: { gateway, ledger: book.urls['ledger']!, realtime: REALTIME_URL },
    hubs,
    token: cluster.token,
    newcomer,
    async person(phones) {
      const who = await newcomer();
      const session = await phones.open(`token=${await who.token()}`);
      await isLive(session.page, '100.00');
      return { ...who, ...session };
    },
    pay,
  };
}
