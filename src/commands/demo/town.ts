// A small town whose money goes in circles: people pay shops and each other, shops pay suppliers and
// wages. Nobody but the mint may owe anything, so now and then somebody cannot pay.
import { pick, type Random } from './random.ts';

export interface TownAccount {
  readonly accountId: string;
  readonly currency: string;
  /** null: no lower limit. */
  readonly minimumMinor: '0' | null;
  /** What the mint gives once. */
  readonly openingMinor: number;
}

export interface Payment {
  readonly sourceAccountId: string;
  readonly destinationAccountId: string;
  readonly minor: string;
  readonly currency: string;
  readonly narration: string;
}

interface District {
  readonly currency: string;
  /** Prices below are in cents of a euro: times this, rounded to steps of minor units. */
  readonly scale: number;
  readonly step: number;
  /** Phone numbers before the last digits. */
  readonly prefix: string;
}

const districts: readonly District[] = [
  { currency: 'NGN', scale: 1_600, step: 5_000, prefix: '234810000' },
  { currency: 'EUR', scale: 1, step: 5, prefix: '491510000' },
  { currency: 'USD', scale: 1.1, step: 5, prefix: '120255501' },
];
const peoplePerDistrict = 24;

/** Shops, and how often they pay wages: about what they earn, so that the money comes back. */
const wages = {
  bakery: 1.8,
  cafe: 2.3,
  grocer: 7.5,
  pharmacy: 1.2,
  bus: 0.5,
  landlord: 4.8,
  bookshop: 1.1,
  mill: 1.1,
} as const;
type Shop = keyof typeof wages;
const shops = Object.keys(wages) as Shop[];

type Side = 'person' | Shop;

interface Custom {
  readonly often: number;
  readonly from: Side;
  readonly to: Side;
  readonly cents: readonly [least: number, most: number];
  readonly narrations: readonly string[];
}

const customs: readonly Custom[] = [
  {
    often: 22,
    from: 'person',
    to: 'bakery',
    cents: [160, 1_400],
    narrations: ['Bread and rolls', 'Two croissants', 'Birthday cake', 'Sourdough'],
  },
  {
    often: 20,
    from: 'person',
    to: 'cafe',
    cents: [240, 1_900],
    narrations: ['Cappuccino', 'Lunch', 'Coffee and cake', 'Table 4'],
  },
  {
    often: 18,
    from: 'person',
    to: 'grocer',
    cents: [450, 6_500],
    narrations: ['Groceries', 'Vegetables', 'Weekly shopping'],
  },
  { often: 12, from: 'person', to: 'bus', cents: [180, 320], narrations: ['Bus', 'Bus, return'] },
  {
    often: 4,
    from: 'person',
    to: 'pharmacy',
    cents: [390, 4_200],
    narrations: ['Prescription', 'Plasters and tea'],
  },
  {
    often: 3,
    from: 'person',
    to: 'bookshop',
    cents: [890, 3_900],
    narrations: ['A novel', 'Atlas'],
  },
  { often: 2, from: 'person', to: 'landlord', cents: [9_000, 18_000], narrations: ['Rent'] },
  {
    often: 12,
    from: 'person',
    to: 'person',
    cents: [500, 5_000],
    narrations: ['Thank you!', 'Pizza last night', 'Happy birthday', 'For the taxi', 'Football'],
  },
  { often: 1, from: 'bakery', to: 'mill', cents: [4_000, 9_000], narrations: ['Flour'] },
  { often: 1, from: 'cafe', to: 'bakery', cents: [2_000, 6_000], narrations: ['Cakes, weekly'] },
  ...shops.map((from): Custom => {
    const narrations = ['Wages', 'Wages and tips'];
    return { often: wages[from], from, to: 'person', cents: [3_000, 9_000], narrations };
  }),
];

export const townAccounts: readonly TownAccount[] = districts.flatMap((district) => {
  const { currency } = district;
  const account = (accountId: string, openingCents: number): TownAccount => ({
    accountId,
    currency,
    minimumMinor: '0',
    openingMinor: inMinor(district, openingCents),
  });
  return [
    { accountId: mintOf(currency), currency, minimumMinor: null, openingMinor: 0 },
    ...shops.map((shop) => account(shopId(district, shop), 150_000)),
    ...people(district).map((person) => account(person, 40_000)),
  ];
});

export function mintOf(currency: string): string {
  return `town:mint:${currency}`;
}

/** The next payment that somebody in the town makes. */
export function nextPayment(random: Random): Payment {
  const district = pick(random, districts);
  const custom = pickCustom(random);
  const source = sideOf(random, district, custom.from);
  let destination = sideOf(random, district, custom.to);
  while (destination === source) destination = sideOf(random, district, custom.to);
  const [least, most] = custom.cents;
  return {
    sourceAccountId: source,
    destinationAccountId: destination,
    // Small amounts are more frequent than large ones.
    minor: String(inMinor(district, least * (most / least) ** random())),
    currency: district.currency,
    narration: pick(random, custom.narrations),
  };
}

function pickCustom(random: Random): Custom {
  let rest = random() * customs.reduce((sum, { often }) => sum + often, 0);
  return customs.find(({ often }) => (rest -= often) < 0) ?? customs[0]!;
}

function sideOf(random: Random, district: District, side: Side): string {
  return side === 'person' ? pick(random, people(district)) : shopId(district, side);
}

function people({ prefix }: District): string[] {
  return Array.from(
    { length: peoplePerDistrict },
    (_, index) => `msisdn::${prefix}${String(index + 1).padStart(4, '0')}`,
  );
}

function shopId({ currency }: District, shop: Shop): string {
  return `town:${shop}:${currency}`;
}

function inMinor({ scale, step }: District, cents: number): number {
  return Math.max(step, Math.round((cents * scale) / step) * step);
}
