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

/**
 * The answer of the API, folded away: for a ticket, or for who wants to be sure that nothing is left out above.
 * `of` as in "JSON of the payment".
 */
export function Json({ text, of }: { readonly text: string; readonly of: string }) {
  return (
    <details className="json">
      <summary>JSON</summary>
      <CopyButton text={text} what="the JSON" />
      <pre className="raw" tabIndex={0} aria-label={`JSON of ${of}`}>
        {text}
      </pre>
    </details>
  );
}
