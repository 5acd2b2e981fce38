// All keys of the console, and the switch for those who want none of the single ones.
import { pagesFor } from '../pages.ts';
import { useSession } from '../session/use-session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { turnSingleKeys, useSingleKeysOn } from '../ui/keys.ts';

export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const { claims } = useSession();
  const on = useSingleKeysOn();
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div className="keys-help">
        <dl>
          <Keys keys={['⌘ K', 'Ctrl K']} does="Search, go to, act" />
          <Keys keys={['j', 'k']} does="Down and up the list" />
          <Keys keys={['Enter']} does="Open" />
          <Keys keys={['Esc']} does="Close, back" />
          <Keys keys={['/']} does="Into the filter" />
          <Keys keys={['?']} does="These keys" />
        </dl>
        <dl>
          {pagesFor(claims.scopes).map(({ path, name, key }) => (
            <Keys key={path} keys={[`g ${key}`]} does={name} />
          ))}
        </dl>
      </div>
      <label className="choice">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => turnSingleKeys(event.currentTarget.checked)}
        />
        Single keys work on this device
      </label>
      <form method="dialog" className="actions">
        <button type="submit" className="button">
          Close
        </button>
      </form>
    </Dialog>
  );
}

/** Each of `keys` does it; one is written as the keys that follow each other. */
function Keys({ keys, does }: { readonly keys: readonly string[]; readonly does: string }) {
  return (
    <div>
      <dt>
        {keys.map((each) => (
          <span key={each}>
            {each.split(' ').map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </span>
        ))}
      </dt>
      <dd>{does}</dd>
    </div>
  );
}
