// Every role and every engine in a row each: its state in a word, since when, and its version; and what
// stands behind that, replica by replica, for those who look for the one that is different.
import type { EngineHealth, PlatformHealth, RoleHealth } from '@atlas/client';
import { useSession } from '../session/use-session.ts';
import { CopyId } from '../ui/id.tsx';
import { Panel } from '../ui/panel.tsx';
import { ageText } from '../ui/time.ts';
import { Time } from '../ui/time.tsx';
import { useWatch } from '../ui/use-watch.ts';

const stateWords: Readonly<Record<RoleHealth['state'] | EngineHealth['state'], [string, string]>> =
  {
    ready: ['good', 'Ready'],
    not_ready: ['bad', 'Not ready'],
    unanswered: ['bad', 'No answer'],
    absent: ['bad', 'Absent'],
    up: ['good', 'Up'],
    partly: ['wait', 'Partly up'],
    down: ['bad', 'Down'],
  };

const needWords = { book: 'Book', events: 'Event log', cache: 'Cache' };
const engineWords: Readonly<Record<string, string>> = {
  postgres: 'PostgreSQL',
  pglite: 'PGlite, embedded',
  kafka: 'Kafka',
  outbox: 'outbox, embedded',
  redis: 'Redis',
  memory: 'memory, embedded',
};

export function Health() {
  const { figures } = useSession();
  const watched = useWatch(figures.health);
  return (
    <Panel title="Roles and engines" who="The gateway" watched={watched}>
      {(health, nowMs) => (
        <div className="tables halves">
          <Roles health={health} nowMs={nowMs} />
          <Engines health={health} nowMs={nowMs} />
        </div>
      )}
    </Panel>
  );
}

interface PartProps {
  readonly health: PlatformHealth;
  readonly nowMs: number;
}

function Roles({ health, nowMs }: PartProps) {
  return (
    <div className="figure-block">
      <h3 id="roles">Roles</h3>
      <table className="figures" aria-labelledby="roles">
        <thead>
          <tr>
            <th scope="col">Role</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
            <th scope="col">Version</th>
          </tr>
        </thead>
        <tbody>
          {health.roles.map(({ role, state, since, replicas }) => (
            <tr key={role}>
              <th scope="row">
                {role} <span className="code">{replicas.length > 1 && `× ${replicas.length}`}</span>
              </th>
              <td>
                <State of={state} />
                <NotAlike replicas={replicas} state={state} />
              </td>
              <td>
                <Since at={since} nowMs={nowMs} />
              </td>
              <td>{versionsOf(replicas.map(({ version }) => version))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <details>
        <summary>By replica</summary>
        <ul className="replicas">
          {health.roles.flatMap(({ role, replicas }) =>
            replicas.map(({ node, state, startedAt, checks }) => (
              <li key={`${role} ${node}`}>
                <State of={state} /> {role} <CopyId id={node} what="the node’s name" />{' '}
                <span className="code">
                  started <Time at={startedAt} as="moment" />
                  {checks.some(({ up }) => !up) &&
                    `; does not pass: ${checks.flatMap(({ name, up }) => (up ? [] : name)).join(', ')}`}
                </span>
              </li>
            )),
          )}
        </ul>
      </details>
    </div>
  );
}

function Engines({ health, nowMs }: PartProps) {
  return (
    <div className="figure-block">
      <h3 id="engines">Engines</h3>
      <table className="figures" aria-labelledby="engines">
        <thead>
          <tr>
            <th scope="col">Engine</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
            <th scope="col">Version</th>
          </tr>
        </thead>
        <tbody>
          {health.engines.map(({ need, engine, state, since, version, seenBy }) => (
            <tr key={`${need} ${engine}`}>
              <th scope="row">
                {needWords[need]} <span className="code">{engineWords[engine] ?? engine}</span>
              </th>
              <td>
                <State of={state} />
                {state !== 'up' && (
                  <span className="total">
                    says {seenBy.flatMap(({ up, role }) => (up ? [] : role)).join(', ')}
                  </span>
                )}
              </td>
              <td>
                <Since at={since} nowMs={nowMs} />
              </td>
              <td>{version ?? <span className="code">not told</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function State({ of }: { readonly of: RoleHealth['state'] | EngineHealth['state'] }) {
  const [dot, word] = stateWords[of];
  return (
    <span className="health-state">
      <span className={`dot ${dot}`} /> {word}
    </span>
  );
}

/** A role is as good as its best replica; how many are not stands under it. */
function NotAlike({ replicas, state }: Pick<RoleHealth, 'replicas' | 'state'>) {
  const others = replicas.filter((replica) => replica.state !== state).length;
  return others > 0 ? <span className="total">{others} not</span> : null;
}

function Since({ at, nowMs }: { readonly at: string | null; readonly nowMs: number }) {
  if (at === null) return <>–</>;
  return (
    <>
      <Time at={at} /> <span className="code since-age">{ageText(nowMs - Date.parse(at))}</span>
    </>
  );
}

function versionsOf(versions: readonly (string | null)[]): string {
  const known = new Set(versions.filter((version) => version !== null));
  return known.size === 0 ? '–' : [...known].join(', ');
}
