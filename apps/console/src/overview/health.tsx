// Every role and every engine in a row each: its state in a word, since when, and its version; and what
// stands behind that, replica by replica, for those who look for the one that is different.
import type { PlatformHealth, RoleHealth } from '@atlas/client';
import type { ReactNode } from 'react';
import { useSession } from '../session/use-session.ts';
import { CopyId } from '../ui/id.tsx';
import { Panel } from '../ui/panel.tsx';
import { ageText } from '../ui/time.ts';
import { Time } from '../ui/time.tsx';
import { useWatch } from '../ui/use-watch.ts';
import { engineWords, needWords, stateWords, type AnyState } from './health-words.ts';

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

function Roles({ health: { roles }, nowMs }: PartProps) {
  return (
    <HealthTable
      id="roles"
      title="Roles"
      of="Role"
      nowMs={nowMs}
      rows={roles.map(({ role, state, since, replicas }) => ({
        name: role,
        more: replicas.length > 1 ? `× ${replicas.length}` : '',
        state,
        note: othersOf({ replicas, state }),
        since,
        version: versionsOf(replicas.map(({ version }) => version)),
      }))}
    >
      <details>
        <summary>By replica</summary>
        <ul className="replicas">
          {roles.flatMap(({ role, replicas }) =>
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
    </HealthTable>
  );
}

function Engines({ health: { engines }, nowMs }: PartProps) {
  return (
    <HealthTable
      id="engines"
      title="Engines"
      of="Engine"
      nowMs={nowMs}
      rows={engines.map(({ need, engine, state, since, version, seenBy }) => ({
        name: needWords[need],
        more: engineWords[engine] ?? engine,
        state,
        note:
          state === 'up'
            ? ''
            : `says ${seenBy.flatMap(({ up, role }) => (up ? [] : role)).join(', ')}`,
        since,
        version: version ?? 'not told',
      }))}
    />
  );
}

interface HealthTableProps {
  readonly id: string;
  readonly title: string;
  /** What stands in a row. */
  readonly of: string;
  readonly nowMs: number;
  readonly rows: readonly {
    readonly name: string;
    readonly more: string;
    readonly state: AnyState;
    /** Under the state; or ''. */
    readonly note: string;
    readonly since: string | null;
    readonly version: string;
  }[];
  readonly children?: ReactNode;
}

function HealthTable({ id, title, of, nowMs, rows, children }: HealthTableProps) {
  return (
    <div className="figure-block">
      <h3 id={id} tabIndex={-1}>
        {title}
      </h3>
      <table className="figures" aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">{of}</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
            <th scope="col">Version</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, more, state, note, since, version }) => (
            <tr key={`${name} ${more}`}>
              <th scope="row">
                {name} <span className="code">{more}</span>
              </th>
              <td>
                <State of={state} />
                {note !== '' && <span className="total">{note}</span>}
              </td>
              <td>
                <Since at={since} nowMs={nowMs} />
              </td>
              <td>{version}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {children}
    </div>
  );
}

function State({ of }: { readonly of: AnyState }) {
  const [dot, word] = stateWords[of];
  return (
    <span className="health-state">
      <span className={`dot ${dot}`} /> {word}
    </span>
  );
}

/** A role is as good as its best replica; how many are not stands under it. */
function othersOf({ replicas, state }: Pick<RoleHealth, 'replicas' | 'state'>): string {
  const others = replicas.filter((replica) => replica.state !== state).length;
  return others > 0 ? `${others} not` : '';
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
