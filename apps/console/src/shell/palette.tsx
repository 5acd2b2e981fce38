// One field for everything: where to go, which account or transfer to open, what to do. A combobox of the
// ARIA pattern in the browser's own dialog; what it offers comes from palette-options.ts.
import './palette.css';
import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Icon } from '../ui/icons.tsx';
import { usePaletteOptions, type PaletteOption, type PaletteParts } from './palette-options.ts';

interface PaletteProps extends PaletteParts {
  readonly onClose: () => void;
}

export function Palette({ onClose, ...parts }: PaletteProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [wanted, setWanted] = useState(0);
  const { groups, search } = usePaletteOptions(typed, parts);
  const options = groups.flatMap((group) => group.options);
  const active = Math.min(wanted, options.length - 1);
  // Before the next key: whoever opens it types at once.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);

  const run = (option: PaletteOption | undefined) => {
    if (option === undefined) return;
    // Closed first: the focus goes back, and then to wherever the option leads.
    dialog.current?.close();
    option.run();
  };
  const press = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1 };
    const to = moves[event.key];
    if (to !== undefined && options.length > 0) setWanted((to + options.length) % options.length);
    else if (event.key === 'Enter') run(options[active]);
    else return;
    event.preventDefault();
  };
  let index = -1;
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Search, go to, act"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div className="palette-field">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label="Search, go to, act"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={active < 0 ? undefined : `${id}-${active}`}
          aria-autocomplete="list"
          placeholder="A page, an account, a transfer’s id or key, an action"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setWanted(0);
          }}
          onKeyDown={press}
          maxLength={255}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
      </div>
      <div className="palette-list" id={`${id}-list`} role="listbox" aria-label="Found">
        {groups.map((group) => (
          <div key={group.name} role="group" aria-labelledby={`${id}-${group.name}`}>
            <p className="palette-group" id={`${id}-${group.name}`}>
              {group.name}
            </p>
            {group.options.map((option) => {
              index += 1;
              const at = index;
              return (
                <div
                  key={option.key}
                  id={`${id}-${at}`}
                  role="option"
                  aria-selected={at === active}
                  className="palette-option"
                  onPointerMove={() => setWanted(at)}
                  onClick={() => run(option)}
                >
                  <Icon name={option.icon} />
                  <span className="palette-name">{option.name}</span>
                  {option.hint !== undefined && <span className="palette-hint">{option.hint}</span>}
                </div>
              );
            })}
          </div>
        ))}
      </div>
      <p className="palette-foot" role="status">
        {search === 'under way' && 'Looking for accounts…'}
        {search === 'failed' && 'Accounts could not be looked for. Try again in a moment.'}
        {search === 'done' && options.length === 0 && 'Nothing has this name.'}
      </p>
    </dialog>
  );
}
