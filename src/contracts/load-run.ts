// What an operator may ask a load for. Enough to see the platform refuse on a laptop, and no more than it
// gets over in a minute or two.

/** Scenarios that are offered, with the most arrivals a second of each, its spike aside. */
export const loadRatesMax = { transfers: 2_000, reads: 5_000, shedding: 300 } as const;

export type LoadScenario = keyof typeof loadRatesMax;

export const loadScenarios = Object.keys(loadRatesMax) as readonly LoadScenario[];

export const loadSeconds = { min: 5, max: 120 } as const;
