// Below a list that is too long to be asked for again and again: as of when it is, and the way to a newer one.
import { momentText } from './time.ts';
import { useZone } from './zone.ts';

export function AskAgain(props: { readonly asOfMs: number; readonly onAsk: () => void }) {
  useZone();
  return (
    <button type="button" className="button" onClick={props.onAsk}>
      As of {momentText(props.asOfMs)}: ask again
    </button>
  );
}
