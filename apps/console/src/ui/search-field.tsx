// The field that narrows a list while it is typed into, bound to a parameter of the address.
import { useEffect, useRef, useState } from 'react';
import { useAddress } from './address.ts';
import { SearchInput } from './search-input.tsx';
import { useSettledValue } from './use-settled.ts';

/** Typing pauses this long before the list follows. */
const typingMs = 200;

interface SearchFieldProps {
  /** The parameter. */
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
}

export function SearchField({ name, label, placeholder }: SearchFieldProps) {
  const { params, set } = useAddress();
  const inAddress = params.get(name) ?? '';
  const [typed, setTyped] = useState(inAddress);
  const settled = useSettledValue(typed, typingMs);
  const told = useRef(inAddress);
  useEffect(() => {
    if (settled === told.current) return;
    told.current = settled;
    set({ [name]: settled });
  }, [settled, name, set]);
  // Somebody else has changed the address: a chip was taken away, the history was walked.
  useEffect(() => {
    if (inAddress === told.current) return;
    told.current = inAddress;
    setTyped(inAddress);
  }, [inAddress]);
  return (
    <SearchInput
      label={label}
      placeholder={placeholder}
      value={typed}
      onValue={(text) => setTyped(text.trim())}
    />
  );
}
