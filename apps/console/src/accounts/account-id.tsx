// An account id that does not fit is cut in its middle: phone-number wallets differ in their last
// digits, and a cut at the end would make them all alike.

const tailLength = 7;

export function AccountId({ id }: { readonly id: string }) {
  const cut = id.length - tailLength;
  if (cut < tailLength) return <span className="id">{id}</span>;
  return (
    <span className="id">
      <span className="id-head">{id.slice(0, cut)}</span>
      <span className="id-tail">{id.slice(cut)}</span>
    </span>
  );
}
