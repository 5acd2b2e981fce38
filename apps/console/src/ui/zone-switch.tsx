// Local time or UTC. Radio buttons, because one of them always holds.
import { useId } from 'react';
import { chooseZone, useZone, zones } from './zone.ts';

const names = { local: 'Local', utc: 'UTC' };

export function ZoneSwitch() {
  const zone = useZone();
  const group = useId();
  return (
    <fieldset className="switch">
      <legend className="hidden">Times</legend>
      {zones.map((option) => (
        <label key={option} title={option === 'utc' ? 'Times in UTC' : 'Times of this place'}>
          <input
            type="radio"
            name={group}
            checked={zone === option}
            onChange={() => chooseZone(option)}
          />
          <span>{names[option]}</span>
        </label>
      ))}
    </fieldset>
  );
}
