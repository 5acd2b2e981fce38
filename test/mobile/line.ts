// A phone's ways to Atlas: a browser the size of a phone, and a front on the way to each role that it calls, which can
// be cut, led elsewhere or captured. Tests that do so to one line disturb nobody on another.
import { startFront, type Front, type Portal } from './front.ts';
import { startPhones, type Phones, type Places } from './phone.ts';

export interface Line extends Phones {
  readonly fronts: Readonly<Record<keyof Places, Front>>;
  /** All ways at once. */
  capture(portal: Portal | undefined): void;
  swallow(isGone: boolean): void;
  /** As if nothing had ever been wrong with it. */
  mend(): void;
}

/** @param hubs besides the one of the places: the phone comes to the first that takes a connection */
export async function openLine(
  stack: AsyncDisposableStack,
  places: Places,
  hubs: readonly string[] = [],
): Promise<Line> {
  const open = async (...urls: string[]) => stack.use(await startFront(...urls));
  const fronts = {
    gateway: await open(places.gateway),
    ledger: await open(places.ledger),
    realtime: await open(places.realtime, ...hubs),
  };
  const all = Object.values(fronts);
  const phones = await startPhones(stack, {
    gateway: fronts.gateway.url,
    ledger: fronts.ledger.url,
    realtime: fronts.realtime.url,
  });
  const capture = (portal: Portal | undefined) => all.forEach((front) => front.capture(portal));
  const swallow = (isGone: boolean) => all.forEach((front) => front.swallow(isGone));
  return {
    ...phones,
    fronts,
    capture,
    swallow,
    mend() {
      capture(undefined);
      swallow(false);
      for (const front of all) front.loseAnswers(undefined);
    },
  };
}
