// Copies an id. The button itself says that it did, for a second and a half.
import { useEffect, useState } from 'react';
import { Icon } from './icons.tsx';

const saidMs = 1_500;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), saidMs);
    return () => clearTimeout(timer);
  }, [copied]);
  // Browsers offer the clipboard on secure addresses only; elsewhere the id can still be selected.
  if (navigator.clipboard === undefined) return null;
  return (
    <button
      type="button"
      className="icon-button small"
      aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
      title={copied ? 'Copied' : `Copy ${what}`}
      onClick={() => {
        navigator.clipboard.writeText(text).then(
          () => setCopied(true),
          () => setCopied(false),
        );
      }}
    >
      <Icon name={copied ? 'check' : 'copy'} />
    </button>
  );
}
