// The field of a search: `/` leads into it (data-filter), Escape out of it once it is empty. What is typed is the
// caller's to follow or to look up.
import type { Ref } from 'react';
import { Icon } from './icons.tsx';

interface SearchInputProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onValue: (typed: string) => void;
  readonly ref?: Ref<HTMLInputElement>;
}

export function SearchInput({ label, placeholder, value, onValue, ref }: SearchInputProps) {
  return (
    <div className="search">
      <Icon name="search" />
      <input
        ref={ref}
        type="search"
        data-filter
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value === '') event.currentTarget.blur();
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
