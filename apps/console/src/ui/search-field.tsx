// The field that narrows a list, bound to a parameter of the address. `/` leads into it, Escape out.
import { useEffect, useRef, useState } from 'react';
import { useAddress } from './address.ts';
import { Icon } from './icons.tsx';
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
    <div className="search">
      <Icon name="search" />
      <input
        type="search"
        data-filter
        aria-label={label}
        placeholder={placeholder}
        value={typed}
        onChange={(event) => setTyped(event.target.value.trim())}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && typed === '') event.currentTarget.blur();
        }}
        maxLength={255}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}
