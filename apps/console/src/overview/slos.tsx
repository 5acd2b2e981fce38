// The promises, and how fast what they allow is being used up.
import type { Telemetry, TelemetrySlo } from '@atlas/client';
import { countText } from '../ui/figure-text.ts';
import { barText, burnText, sloText } from './telemetry.ts';

const words = { kept: 'Kept', broken: 'Broken', unknown: 'Nothing to judge' };
const dots = { kept: 'good', broken: 'bad', unknown: '' };

export function Slos({ telemetry }: { readonly telemetry: Telemetry }) {
  return (
    <section className="figure-block" aria-labelledby="slos">
      <h3 id="slos">SLOs</h3>
      <p>
        Burn is how fast the allowed failures are used up: at 1× as fast as is allowed, at 10× an
        hour costs what ten may.
      </p>
      <div className="wide-table" role="region" aria-labelledby="slos" tabIndex={0}>
        <table className="figures" aria-labelledby="slos">
          <thead>
            <tr>
              <th scope="col">SLO</th>
              <th scope="col">State</th>
              <th scope="col">Range</th>
              <th scope="col">Bar</th>
              <th scope="col">Burn, range</th>
              <th scope="col">Burn, 1 h</th>
            </tr>
          </thead>
          <tbody>
            {telemetry.slos.map((slo) => (
              <tr key={slo.name}>
                <th scope="row">
                  <span className="slo-name">{slo.name}</span>
                  <span className="total">{slo.what}</span>
                </th>
                <td>
                  <State of={slo} />
                </td>
                <td>{sloText(slo)}</td>
                <td>{barText(slo)}</td>
                <td>{burnText(slo.burnRange)}</td>
                <td>{burnText(slo.burnHour)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function State({ of: { state, events, eventsMin } }: { readonly of: TelemetrySlo }) {
  const tooFew = state === 'unknown' && events !== null && events > 0;
  return (
    <>
      <span className="health-state">
        <span className={`dot ${dots[state]}`} /> {tooFew ? 'Too few to judge' : words[state]}
      </span>
      {tooFew && (
        <span className="total">
          {countText(events)} of {countText(eventsMin ?? undefined)} requests
        </span>
      )}
    </>
  );
}
