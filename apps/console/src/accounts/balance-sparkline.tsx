// How the balance went over the last entries, at a glance; the entries below are the same in figures.
import type { Entry } from '@atlas/client';
import { useMemo } from 'react';
import { Amount } from '../money/amount.tsx';
import { amountText, currencyLabel } from '../../../../src/contracts/amount-text.ts';
import { Time } from '../ui/time.tsx';
import { momentText } from '../ui/time.ts';
import { balanceLine } from './balance-line.ts';

const width = 600;
const height = 56;

interface BalanceSparklineProps {
  /** Newest first. */
  readonly entries: readonly Entry[];
  readonly currency: string;
}

export function BalanceSparkline({ entries, currency }: BalanceSparklineProps) {
  const line = useMemo(() => balanceLine(entries, width, height), [entries]);
  if (line === undefined) return null;
  const { lowestMinor, highestMinor, since } = line;
  const text = (minor: bigint) => `${amountText(minor, currency)} ${currencyLabel(currency)}`;
  return (
    <figure className="sparkline">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Balance since ${momentText(since)}: lowest ${text(lowestMinor)}, highest ${text(highestMinor)}`}
      >
        <path className="area" d={`${line.path}V${height}H0Z`} />
        <path className="line" d={line.path} />
      </svg>
      <figcaption aria-hidden="true">
        <span>
          Since <Time at={since} as="moment" />
        </span>
        <span>
          lowest <Amount minor={lowestMinor} currency={currency} />
        </span>
        <span>
          highest <Amount minor={highestMinor} currency={currency} />
        </span>
      </figcaption>
    </figure>
  );
}
