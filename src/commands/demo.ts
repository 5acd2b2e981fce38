// `atlas demo`: a small town of accounts paying each other, so that there is something to watch.
import { randomUUID } from 'node:crypto';
import { AtlasError } from '@atlas/client';
import { terminated } from '../platform/shutdown.ts';
import { commandToken, connectApi, inWords, type Api } from './api-client.ts';
import { readArguments, readPositive, type Command } from './command.ts';
import { seededRandom } from './demo/random.ts';
import { mintOf, nextPayment, townAccounts, type Payment, type TownAccount } from './demo/town.ts';
import { runTraffic } from './demo/traffic.ts';

const connectionsMax = 256;
const calls = { deadlineMs: 15_000 };
const repeatsPerSecondMax = 20;
const openingAtOnce = 8;
const perSecondMax = 10_000;
const secondsMax = 30 * 86_400;
const seed = 5_080;

export const demoCommand: Command = {
  usage: [
    '  atlas demo [--rate 20] [--seconds N]',
    '                                a small town of accounts paying each other, to watch',
  ].join('\n'),
  async run(args, settings) {
    const { values } = readArguments({
      args: [...args],
      options: { rate: { type: 'string', default: '20' }, seconds: { type: 'string' } },
    });
    const perSecond = readPositive('--rate', values.rate, perSecondMax);
    const seconds =
      values.seconds === undefined
        ? undefined
        : readPositive('--seconds', values.seconds, secondsMax);

    const token = await commandToken(settings, 'atlas-demo');
    await using api = await connectApi({
      url: settings.ATLAS_URL,
      token,
      connectionsMax,
      repeatsPerSecondMax,
    });
    const end = new AbortController();
    void terminated().then(() => end.abort());
    await inWords(openTown(api, end.signal));
    say(`${townAccounts.length} accounts are open; ${perSecond} payments a second, Ctrl-C ends`);

    const timer =
      seconds === undefined ? undefined : setTimeout(() => end.abort(), seconds * 1_000);
    const random = seededRandom(seed);
    const runId = randomUUID();
    let payments = 0;
    const total = await runTraffic({
      perSecond,
      random,
      pay: () => pay(api, `demo:${runId}:${(payments += 1)}`, nextPayment(random)),
      end: end.signal,
      line: (second) => say(`${new Date().toISOString().slice(11, 19)}  ${second.inWords()}`),
    });
    clearTimeout(timer);
    say(`in all    ${total.inWords()}`);
    return 0;
  },
};

/** Opens the town and gives each account its start, once however often the demo is run. */
async function openTown(api: Api, end: AbortSignal): Promise<void> {
  const mints = townAccounts.filter(({ openingMinor }) => openingMinor === 0);
  const others = townAccounts.filter(({ openingMinor }) => openingMinor > 0);
  for (const mint of mints) await openAccount(api, mint);
  const waiting = others.values();
  await Promise.all(
    Array.from({ length: openingAtOnce }, async () => {
      for (const account of waiting) {
        if (end.aborted) return;
        await openAccount(api, account);
        await fund(api, account);
      }
    }),
  );
}

async function openAccount(
  { accounts }: Api,
  { accountId, currency, minimumMinor }: TownAccount,
): Promise<void> {
  const minimum = minimumMinor === null ? null : BigInt(minimumMinor);
  await accounts.open(accountId, { currency, minimumMinor: minimum }, calls);
}

async function fund(api: Api, { accountId, currency, openingMinor }: TownAccount): Promise<void> {
  const code = await pay(api, `demo:opening:${accountId}`, {
    sourceAccountId: mintOf(currency),
    destinationAccountId: accountId,
    minor: String(openingMinor),
    currency,
    narration: 'Opening balance',
  });
  if (code !== undefined) throw new Error(`${accountId} was not given its start: ${code}`);
}

/** Resolves to the code of a refusal, or of what was still wrong when the tries ended. */
async function pay(
  { transfers }: Api,
  key: string,
  { minor, ...payment }: Payment,
): Promise<string | undefined> {
  try {
    await transfers.post({ ...payment, minor: BigInt(minor) }, { ...calls, key });
    return undefined;
  } catch (error) {
    if (error instanceof AtlasError) return error.code;
    throw error;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
