// Filters as chips: each stands in the address, says its value, opens to be changed and is taken away by one
// press. The page reads its values by useFilterValues and asks the server with them.
import './filters.css';
import { useId, useRef, useState, type FormEvent } from 'react';
import { useAddress } from './address.ts';
import { Field } from './field.tsx';
import { Icon } from './icons.tsx';

export interface Filter {
  /** The parameter in the address. */
  readonly name: string;
  readonly label: string;
  /** What can be chosen; without them a value is typed. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly hint?: string;
  readonly placeholder?: string;
  /** What is wrong with a typed value, as a sentence. */
  readonly faultOf?: (typed: string) => string | undefined;
}

/** The values of those filters that are set. */
export function useFilterValues(filters: readonly Filter[]): Readonly<Record<string, string>> {
  const { params } = useAddress();
  const set = filters.flatMap(({ name }) => {
    const value = params.get(name);
    return value === null || value === '' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(set);
}

export function Filters({ filters }: { readonly filters: readonly Filter[] }) {
  const { set } = useAddress();
  const values = useFilterValues(filters);
  const any = Object.keys(values).length > 0;
  return (
    <div className="filters" role="group" aria-label="Filters">
      {filters.map((filter) => (
        <Chip
          key={filter.name}
          filter={filter}
          value={values[filter.name]}
          onValue={(value) => set({ [filter.name]: value })}
        />
      ))}
      {any && (
        <button
          type="button"
          className="chip quiet"
          onClick={() => set(Object.fromEntries(filters.map(({ name }) => [name, undefined])))}
        >
          Clear
        </button>
      )}
    </div>
  );
}

interface ChipProps {
  readonly filter: Filter;
  readonly value: string | undefined;
  readonly onValue: (value: string | undefined) => void;
}

function Chip({ filter, value, onValue }: ChipProps) {
  const id = useId();
  const popover = useRef<HTMLDivElement>(null);
  const shown = filter.options?.find((option) => option.value === value)?.label ?? value;
  const choose = (next: string | undefined) => {
    popover.current?.hidePopover();
    onValue(next);
  };
  return (
    <span className={value === undefined ? 'chip-group' : 'chip-group set'}>
      <button type="button" className="chip" popoverTarget={id}>
        {value === undefined && <Icon name="plus" />}
        {filter.label}
        {shown !== undefined && <b>{shown}</b>}
      </button>
      {value !== undefined && (
        <button
          type="button"
          className="chip chip-away"
          aria-label={`Without ${filter.label.toLowerCase()} ${shown}`}
          onClick={() => choose(undefined)}
        >
          <Icon name="close" />
        </button>
      )}
      <div id={id} ref={popover} popover="auto" className="chip-popover">
        {filter.options === undefined ? (
          <Typed key={value} filter={filter} value={value} onValue={choose} />
        ) : (
          filter.options.map((option) => (
            <button
              key={option.value}
              type="button"
              className="menu-item"
              aria-pressed={option.value === value}
              onClick={() => choose(option.value)}
            >
              {option.label}
              {option.value === value && <Icon name="check" />}
            </button>
          ))
        )}
      </div>
    </span>
  );
}

function Typed({ filter, value, onValue }: ChipProps) {
  const id = useId();
  const [typed, setTyped] = useState(value ?? '');
  const [fault, setFault] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong = typed.trim() === '' ? undefined : filter.faultOf?.(typed.trim());
    setFault(wrong);
    if (wrong === undefined) onValue(typed.trim() || undefined);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Field id={id} label={filter.label} hint={filter.hint} fault={fault}>
        <input
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder={filter.placeholder}
          maxLength={255}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          autoFocus
        />
      </Field>
      <button type="submit" className="button">
        Apply
      </button>
    </form>
  );
}
