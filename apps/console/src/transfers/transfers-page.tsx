// What became of a transfer: found by its entry id (from a receipt or a statement) or by the
// idempotency key (from whoever sent it and never heard). Looking moves nothing.
import './transfers.css';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useLocation, useSearch } from 'wouter';
import { transferPath } from '../paths.ts';
import { useSession } from '../session/use-session.ts';
import { Icon } from '../ui/icons.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useTitle } from '../ui/title.ts';
import { findTransfer } from './find-transfer.ts';
import { TransferFacts } from './transfer-facts.tsx';

export function TransfersPage() {
  // The router decodes the search once too often for keys with a % in them; it only tells when.
  useSearch();
  const reference = new URLSearchParams(location.search).get('find') ?? '';
  useTitle(reference === '' ? undefined : reference);
  return (
    <div className="transfers">
      <h1>Find a transfer</h1>
      <FindForm key={reference} reference={reference} />
      {reference === '' ? (
        <p className="empty">
          Its route, its amount and what became of it will stand here. An entry’s time leads here
          too.
        </p>
      ) : (
        <Found reference={reference} />
      )}
    </div>
  );
}

function FindForm({ reference }: { readonly reference: string }) {
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState(reference);
  const inputRef = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (reference === '') inputRef.current?.focus();
  }, [reference]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    navigate(typed.trim() === '' ? '/transfers' : transferPath(typed.trim()));
  };
  return (
    <form className="find" onSubmit={submit}>
      <div className="search">
        <Icon name="search" />
        <input
          ref={inputRef}
          type="search"
          aria-label="Entry id or idempotency key"
          placeholder="Entry id or idempotency key"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          maxLength={255}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
      </div>
      <button type="submit" className="button">
        Find
      </button>
    </form>
  );
}

function Found({ reference }: { readonly reference: string }) {
  const { atlas } = useSession();
  const found = useQuery({
    queryKey: ['transfer', reference],
    queryFn: ({ signal }) => findTransfer(atlas, reference, signal),
  });
  if (found.data !== undefined) return <TransferFacts transfer={found.data} />;
  if (found.isPending) {
    return <div className="transfer-skeleton skeleton" aria-label="Looking…" />;
  }
  return (
    <ProblemNote error={found.error}>
      <button type="button" className="button" onClick={() => void found.refetch()}>
        Look again
      </button>
    </ProblemNote>
  );
}
