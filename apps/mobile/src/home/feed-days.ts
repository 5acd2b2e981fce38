// The feed as it is listed: by day, newest first, and only what the search asks for.
import type { Entry } from '@atlas/client';
import { amountText, dayText } from '../words.ts';

export interface Day {
  readonly title: string;
  readonly data: readonly Entry[];
}

export function feedDays(rows: readonly Entry[], nowMs: number): Day[] {
  const days: { title: string; data: Entry[] }[] = [];
  for (const row of rows) {
    const title = dayText(row.postedAt, nowMs);
    if (days.at(-1)?.title !== title) days.push({ title, data: [] });
    days.at(-1)!.data.push(row);
  }
  return days;
}

/** By what people remember: who, what for, how much. */
export function searchEntries(
  rows: readonly Entry[],
  text: string,
  currency: string,
): readonly Entry[] {
  const wanted = plain(text.trim());
  if (wanted === '') return rows;
  return rows.filter(({ counterpartyAccountId, narration, amountMinor }) =>
    [counterpartyAccountId, narration ?? '', amountText(amountMinor, currency)].some((part) =>
      plain(part).includes(wanted),
    ),
  );
}

/** Nobody types the commas of an amount, or its minus sign. */
const plain = (text: string): string =>
  text.toLowerCase().replaceAll(',', '').replaceAll('\u2212', '-');
