// What is typed for a load, and what is wrong with it.
import type { LoadOrder } from '@atlas/client';
import {
  loadRatesMax,
  loadScenarios,
  loadSeconds,
  type LoadScenario,
} from '../../../../src/contracts/load-run.ts';

export { loadScenarios };

export const scenarioTexts: Readonly<Record<LoadScenario, string>> = {
  transfers: 'Payments, rising to the rate',
  reads: 'Balance reads, rising to the rate',
  shedding: 'Payments in three classes, ten times the rate for a quarter of the run',
};

export interface TypedOrder {
  readonly scenario: LoadScenario;
  readonly rate: string;
  readonly seconds: string;
}

export const usual: TypedOrder = { scenario: 'shedding', rate: '100', seconds: '20' };

export interface ReadOrder {
  readonly order: LoadOrder | undefined;
  readonly rateFault: string | undefined;
  readonly secondsFault: string | undefined;
}

export function readOrder({ scenario, rate, seconds }: TypedOrder): ReadOrder {
  const ratePerSecond = wholeBetween(rate, 1, loadRatesMax[scenario]);
  const forSeconds = wholeBetween(seconds, loadSeconds.min, loadSeconds.max);
  const isWhole = ratePerSecond !== undefined && forSeconds !== undefined;
  return {
    order: isWhole ? { scenario, ratePerSecond, seconds: forSeconds } : undefined,
    rateFault: ratePerSecond === undefined ? `From 1 to ${loadRatesMax[scenario]}.` : undefined,
    secondsFault:
      forSeconds === undefined ? `From ${loadSeconds.min} to ${loadSeconds.max}.` : undefined,
  };
}

function wholeBetween(typed: string, min: number, max: number): number | undefined {
  const text = typed.trim();
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}
