// Every role and every engine at a glance: a mark and a name each, and in words whatever is not as it should be.
// The tables at the end of the page say since when, and of which replica.
import { useSession } from '../session/use-session.ts';
import { isLive } from '../ui/freshness.tsx';
import { Icon } from '../ui/icons.tsx';
import { useNow } from '../ui/use-now.ts';
import { useWatch } from '../ui/use-watch.ts';
import { needWords, stateWords, type AnyState } from './health-words.ts';

export function HealthStrip() {
  const { figures } = useSession();
  const watched = useWatch(figures.health);
  const nowMs = useNow();
  const health = watched.samples.at(-1)?.value;
  if (health === undefined) {
    // Where nobody answers, the panels below say it.
    return watched.failure === undefined ? <span className="skeleton health-skeleton" /> : null;
  }
  return (
    <ul
      className={isLive(watched, nowMs) ? 'health-strip' : 'health-strip stale'}
      aria-label="Health of roles and engines"
    >
      {health.roles.map(({ role, state }) => (
        <Part key={role} href="#roles" name={role} state={state} />
      ))}
      {health.engines.map(({ need, engine, state }) => (
        <Part
          key={`${need} ${engine}`}
          href="#engines"
          name={needWords[need].toLowerCase()}
          state={state}
        />
      ))}
    </ul>
  );
}

function Part(props: { readonly href: string; readonly name: string; readonly state: AnyState }) {
  const { href, name, state } = props;
  const [tone, word] = stateWords[state];
  const good = tone === 'good';
  return (
    <li>
      <a className={`health-part ${tone}`} href={href}>
        <Icon name={good ? 'check' : 'alert'} />
        {name} <span className={good ? 'hidden' : undefined}>{word.toLowerCase()}</span>
      </a>
    </li>
  );
}
