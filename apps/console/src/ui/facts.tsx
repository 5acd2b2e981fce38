// What is known of one thing, name by name, and the same as the API says it.
import './facts.css';
import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';

export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="fact-list">{children}</dl>;
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Folded away: for a ticket, or for who wants to be sure that nothing is left out above. */
export function Raw({ value, what }: { readonly value: object; readonly what: string }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <details>
      <summary>As the API says it</summary>
      <CopyButton text={text} what={what} />
      <pre className="raw" tabIndex={0} aria-label="JSON">
        {text}
      </pre>
    </details>
  );
}
