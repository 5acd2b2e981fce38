// Everything that decides over the next request, each beside its limit, so that one sees what is near.
import type { LoadSheddingStats } from '@atlas/client';
import { countText, durationText, shareText } from '../ui/figure-text.ts';
import { trafficClasses } from './refusals.ts';

interface Signal {
  readonly name: string;
  readonly value: string;
  readonly limit: string;
  readonly over: boolean;
}

export function SignalsTable({ stats }: { readonly stats: LoadSheddingStats }) {
  return (
    <div className="figure-block">
      <h3 id="signals">What decides now</h3>
      <p>Each figure beside the limit from which on requests are refused.</p>
      <table className="figures signals" aria-labelledby="signals">
        <thead>
          <tr>
            <td />
            <th scope="col">Now</th>
            <th scope="col">Limit</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {signalsOf(stats).map(({ name, value, limit, over }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
              <td>{limit}</td>
              <td className={over ? 'refusing' : 'none'}>{over ? 'over' : 'under'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function signalsOf({
  inFlight,
  inFlightLimits,
  tokensAvailable,
  reasons,
}: LoadSheddingStats): Signal[] {
  const { pressure, rate, quota, queue } = reasons;
  const none = quota.ratePerSecond === 0;
  return [
    ...trafficClasses.map((kind) => ({
      name: `In flight, for ${kind}`,
      value: countText(inFlight),
      limit: countText(inFlightLimits[kind]),
      over: inFlight >= inFlightLimits[kind],
    })),
    ...trafficClasses.map((kind) => ({
      name: `Tokens, for ${kind}`,
      value: countText(tokensAvailable),
      limit: `${countText(rate.tokensKept[kind] + 1)} needed`,
      over: tokensAvailable < rate.tokensKept[kind] + 1,
    })),
    {
      name: 'Event loop late by',
      value: durationText(pressure.loop.value),
      limit: durationText(pressure.loop.limit),
      over: pressure.loop.over,
    },
    {
      name: 'Memory used',
      value: shareText(pressure.memory.value),
      limit: shareText(pressure.memory.limit),
      over: pressure.memory.over,
    },
    {
      name: 'Wait in the core',
      value: durationText(pressure.pool.value),
      limit: durationText(pressure.pool.limit),
      over: pressure.pool.over,
    },
    {
      name: 'Queue to the core',
      value: countText(queue.transfers),
      limit: countText(queue.transfersMax),
      over: queue.transfers >= queue.transfersMax,
    },
    {
      name: 'Clients without quota left',
      value: none ? 'no quota set' : `${countText(quota.exhausted)} of ${countText(quota.clients)}`,
      limit: none ? '–' : `${countText(quota.ratePerSecond)} a second each`,
      over: quota.exhausted > 0,
    },
  ];
}
