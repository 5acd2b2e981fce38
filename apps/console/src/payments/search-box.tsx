// One field for whatever an operator has in hand: an id, a key, an account, an amount, words of a narration.
// It says how it has understood, and what it found becomes a chip or opens.
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type FormEvent } from 'react';
import { useSession } from '../session/use-session.ts';
import { useAddress } from '../ui/address.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { meaningOf } from './meaning.ts';

const label = 'Entry id, key, account, amount or narration';
/** As much of it as a phone has room for. */
const placeholder = 'Id, key, account, amount, narration';

export function SearchBox() {
  const { atlas } = useSession();
  const { set } = useAddress();
  const [typed, setTyped] = useState('');
  const inputRef = useRef<HTMLInputElement>(null);
  const search = useMutation({
    mutationFn: (text: string) => meaningOf(atlas, text, AbortSignal.timeout(10_000)),
    onSuccess: (meaning) => {
      setTyped('');
      // The keys of the list work again.
      inputRef.current?.blur();
      set(meaning.set);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() !== '') search.mutate(typed);
  };
  return (
    <form onSubmit={submit} role="search">
      <SearchInput
        ref={inputRef}
        label={label}
        placeholder={placeholder}
        value={typed}
        onValue={(text) => {
          setTyped(text);
          search.reset();
        }}
      />
      <p role="status" className="search-meaning">
        {search.isPending ? 'Looking…' : search.data?.words}
      </p>
      {search.isError && <ProblemNote error={search.error} />}
    </form>
  );
}
