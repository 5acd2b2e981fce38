// Whether a list is current, in words, and since when it is not. It goes on by itself: nobody needs to reload.
import { timeText } from './time.ts';
import { useZone } from './zone.ts';

/** `silentSinceMs`: when the last answer came, where the next is missing. */
export function Liveness({ silentSinceMs }: { readonly silentSinceMs: number | undefined }) {
  useZone();
  const live = silentSinceMs === undefined;
  return (
    <p className="state">
      <span className={live ? 'dot good' : 'dot bad'} />
      <span role="status">
        {live ? 'Live' : `No answer since ${timeText(silentSinceMs)}; asking on`}
      </span>
    </p>
  );
}
