// Why something is refused now, a sentence for each reason; or that nothing is. Only the names of the
// reasons are a live region: the figures change every second.
import { Icon } from '../ui/icons.tsx';

interface CausesProps {
  readonly causes: readonly {
    readonly reason: string;
    readonly name: string;
    readonly whom: string;
    readonly because: string;
  }[];
  /** What is said, and shown, while there are none. */
  readonly nothing: string;
  readonly calm: string;
}

export function Causes({ causes, nothing, calm }: CausesProps) {
  const none = causes.length === 0;
  const names = causes.map(({ name }) => name.toLowerCase()).join(', ');
  return (
    <div className={none ? 'note good' : 'note warn'}>
      <Icon name={none ? 'check' : 'alert'} />
      <div>
        <p className="note-title" role="status">
          {none ? nothing : `Refused by: ${names}`}
        </p>
        {none && <p>{calm}</p>}
        <ul className="causes">
          {causes.map(({ reason, name, whom, because }) => (
            <li key={reason}>
              <b>{name}</b> · {whom}. {because}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
