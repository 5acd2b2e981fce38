// What an operator types for a new ceiling, as numbers or as what is wrong with it, and what it would do.
import type { LoadShedding } from '@atlas/client';
import { countText, rateText } from '../ui/figure-text.ts';

const wholeMax = 1_000_000;

export const ceilingFields = [
  { name: 'ratePerSecond', label: 'Requests a second', least: 1 },
  { name: 'burstCapacity', label: 'At once, after a pause', least: 1 },
  { name: 'clientRatePerSecond', label: 'Per client, a second', least: 0 },
  { name: 'clientBurstCapacity', label: 'Per client, at once', least: 1 },
] as const;

type FieldName = (typeof ceilingFields)[number]['name'];
export type Typed = Readonly<Record<FieldName, string>>;
export type Wanted = Readonly<Record<FieldName, number>>;
export type Faults = Partial<Record<FieldName, string>>;

export function typedOf(ceiling: LoadShedding): Typed {
  const typed = ceilingFields.map(({ name }) => [name, String(ceiling[name])]);
  return Object.fromEntries(typed) as Typed;
}

/** What was typed as numbers; undefined with what is wrong in `faults`. */
export function readWanted(typed: Typed): { wanted?: Wanted; faults: Faults } {
  const faults: Faults = {};
  const numbers = ceilingFields.map(({ name, least }) => {
    const text = typed[name].trim();
    const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= wholeMax)) {
      faults[name] = `Use a whole number from ${least} to ${countText(wholeMax)}, digits only.`;
    }
    return [name, number] as const;
  });
  if (Object.keys(faults).length > 0) return { faults };
  return { wanted: Object.fromEntries(numbers) as Wanted, faults };
}

/** What a rate would do to what is offered now. */
export function effectText(ratePerSecond: string, offeredPerSecond: number | undefined): string {
  if (offeredPerSecond === undefined || !/^\s*\d{1,7}\s*$/.test(ratePerSecond)) return '';
  if (offeredPerSecond === 0) return 'Nothing is offered now.';
  const excess = offeredPerSecond - Number(ratePerSecond);
  const now = `${rateText(offeredPerSecond)} a second are offered now`;
  return excess > 0 ? `${now}: ${rateText(excess)} of them would be refused.` : `${now}.`;
}

export function ceilingText({
  ratePerSecond,
  burstCapacity,
}: Pick<LoadShedding, 'ratePerSecond' | 'burstCapacity'>): string {
  return `${countText(ratePerSecond)} a second, ${countText(burstCapacity)} at once after a pause`;
}

export function quotaText({
  clientRatePerSecond,
  clientBurstCapacity,
}: Pick<LoadShedding, 'clientRatePerSecond' | 'clientBurstCapacity'>): string {
  if (clientRatePerSecond === 0) return 'No quota per client';
  return `Per client ${countText(clientRatePerSecond)} a second, ${countText(clientBurstCapacity)} at once`;
}
