// The classes of traffic that scenarios are made of.
import type { PostedTransfer } from '../../src/contracts/transfers.ts';
import type { HttpAnswer } from '../http/connection.ts';
import type { TrafficClass } from '../run-load.ts';
import { scaled } from '../shapes.ts';
import { balanceRequests, batchRequests, transferRequests } from '../traffic.ts';
import type { Plan } from './scenario.ts';

type Part = Omit<TrafficClass, 'next'>;

const part = ({ place, shape, retry }: Plan, name: string, share: number): Part => ({
  name,
  url: place.url,
  shape: scaled(shape, share),
  retry,
});

export function reads(plan: Plan, share: number): TrafficClass {
  return { ...part(plan, 'reads', share), next: balanceRequests(plan.place) };
}

/** Payments; screens that show their accounts are told what to wait for. */
export function transfers(plan: Plan, share: number): TrafficClass {
  const { screens } = plan;
  return {
    ...part(plan, 'transfers', share),
    next: transferRequests(plan.place),
    ...(screens && {
      served({ body }, { text, sentAtMs }) {
        const posted = JSON.parse(body) as PostedTransfer;
        const [, source, destination] =
          /"sourceAccountId":"([^"]+)","destinationAccountId":"([^"]+)"/.exec(text)!;
        screens.freshness.acknowledged(source!, posted.source.version, sentAtMs);
        screens.freshness.acknowledged(destination!, posted.destination.version, sentAtMs);
      },
    }),
  };
}

/** Customers' payments, with some of them asked again at once under their key, as after a lost answer. */
export function paymentsAndRepeats(
  plan: Plan,
  shares: { readonly normal: number; readonly critical: number },
): TrafficClass[] {
  const recentMax = 200;
  const recent: string[] = [];
  let last: string | undefined;
  const fresh = transferRequests(plan.place, 'c');
  return [
    {
      ...part(plan, 'critical', shares.critical),
      // Each once: who asks for the same payment again and again is no longer in need.
      next: () => (last = recent.pop() ?? last ?? fresh()),
    },
    {
      ...part(plan, 'normal', shares.normal),
      next: transferRequests(plan.place),
      served(_: HttpAnswer, { text }) {
        if (recent.push(text) > recentMax) recent.shift();
      },
    },
  ];
}

export function imports(plan: Plan, share: number, batchSize: number): TrafficClass {
  return { ...part(plan, 'bulk', share), next: batchRequests(plan.place, batchSize) };
}
