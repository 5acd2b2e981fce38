// Filters as chips: each stands in the address, says its value, opens to be changed and is taken away by one
// press. The page reads its values by useFilterValues and asks the server with them.
import './filters.css';
import { useId, useRef, useState, type FormEvent } from 'react';
import { useAddress } from './address.ts';
import { EmptyState } from './empty-state.tsx';
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

/** What is wrong with a value of a link that is old or mistyped, as a sentence. */
export function faultIn(
  filters: readonly Filter[],
  values: Readonly<Record<string, string>>,
): string | undefined {
  for (const { name, label, options, faultOf } of filters) {
    const value = values[name];
    if (value === undefined) continue;
    const known = options === undefined || options.some((option) => option.value === value);
    const fault = known ? faultOf?.(value) : 'There is no such choice.';
    if (fault !== undefined) return `${label} “${value}”: ${fault}`;
  }
  return undefined;
}

/** In the place of a list that cannot be asked for: without the filter it would be another list. */
export function Unreadable({ fault }: { readonly fault: string }) {
  return (
    <EmptyState title="A filter of this address cannot be read.">
      <p>{fault}</p>
    </EmptyState>
  );
}

/** In the place of a list that the filters leave empty. */
export function NothingFits({ title }: { readonly title: string }) {
  return (
    <EmptyState title={title}>
      <p>Take one of them away, or clear them all.</p>
    </EmptyState>
  );
}

export function Filters({ filters }: { readonly filters: readonly Filter[] }) {
  const { set } = useAddress();
  const values = useFilterValues(filters);
  const any = Object.keys(values).length > 0;
  return (
    <div className="filters" role="group" aria-label="Filters">
      {filters.map((filter, index) => (
        <Chip
          key={filter.name}
          first={index === 0}
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
  /** Where no field stands before it, `/` opens it. */
  readonly first: boolean;
  readonly filter: Filter;
  readonly value: string | undefined;
  readonly onValue: (value: string | undefined) => void;
}

function Chip({ first, filter, value, onValue }: ChipProps) {
  const id = useId();
  const popover = useRef<HTMLDivElement>(null);
  const shown = filter.options?.find((option) => option.value === value)?.label ?? value;
  const choose = (next: string | undefined) => {
    popover.current?.hidePopover();
    onValue(next);
  };
  return (
    <span className={value === undefined ? 'chip-group' : 'chip-group set'}>
      <button
        type="button"
        className="chip"
        popoverTarget={id}
        data-filter={first ? true : undefined}
      >
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
          filter.options.map((option, index) => (
            <button
              key={option.value}
              ref={(button) => {
                takesFocus(button, value === undefined ? index === 0 : option.value === value);
              }}
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

/** The browser gives the focus to it when its popover opens; React's autoFocus would want it at once. */
function takesFocus(element: HTMLElement | null, takes = true): void {
  element?.toggleAttribute('autofocus', takes);
}

function Typed({ filter, value, onValue }: Omit<ChipProps, 'first'>) {
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
          ref={takesFocus}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder={filter.placeholder}
          maxLength={255}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
      </Field>
      <button type="submit" className="button">
        Apply
      </button>
    </form>
  );
}
