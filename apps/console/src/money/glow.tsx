// Lights up what it stands in, once for each version that arrives while it is on the screen.
import { useRef } from 'react';

export function Glow({ version }: { readonly version: number | undefined }) {
  const firstVersion = useRef<number | undefined>(undefined);
  if (version === undefined) return null;
  firstVersion.current ??= version;
  if (version <= firstVersion.current) return null;
  return <span key={version} className="glow" aria-hidden="true" />;
}
