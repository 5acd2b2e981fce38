// Ids on the screen. One that does not fit is cut in its middle: phone-number wallets differ in their last
// digits, and a cut at the end would make them all alike.
import { CopyButton } from './copy-button.tsx';

const tailLength = 7;

export function Id({ id }: { readonly id: string }) {
  const cut = id.length - tailLength;
  // A short one keeps its beginning, but never without a sign that it is cut.
  if (cut < tailLength) {
    return (
      <span className="id" title={id}>
        <span className="id-head">{id}</span>
      </span>
    );
  }
  return (
    <span className="id" title={id}>
      <span className="id-head">{id.slice(0, cut)}</span>
      <span className="id-tail">{id.slice(cut)}</span>
    </span>
  );
}

/** The same with a button that copies the whole of it; `what` as in "Copy the entry id". */
export function CopyId({ id, what }: { readonly id: string; readonly what: string }) {
  return (
    <span className="copy-id">
      <Id id={id} />
      <CopyButton text={id} what={what} />
    </span>
  );
}
