// A moment on the screen, in the zone that was chosen; the whole of it, in both zones, on pointing at it.
import { dateText, localAndUtcText, momentText, timeText } from './time.ts';
import { useZone } from './zone.ts';

interface TimeProps {
  readonly at: string | number;
  /** 14:03:07 by default. */
  readonly as?: 'time' | 'moment' | 'date';
}

const texts = { time: timeText, moment: momentText, date: dateText };

export function Time({ at, as = 'time' }: TimeProps) {
  useZone();
  return (
    <time dateTime={new Date(at).toISOString()} title={`${dateText(at)}, ${localAndUtcText(at)}`}>
      {texts[as](at)}
    </time>
  );
}
