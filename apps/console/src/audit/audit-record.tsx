// One record with all that it says. An id tells its time, so a record that the list has not loaded is found
// by asking for its millisecond.
import type { AtlasClient, AuditRecord } from '@atlas/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useSession } from '../session/use-session.ts';
import { AccountLink } from '../ui/account-link.tsx';
import { useAddress } from '../ui/address.ts';
import { callerOf, pathOf } from '../ui/addresses.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Fact, Facts, Json } from '../ui/facts.tsx';
import { Icon } from '../ui/icons.tsx';
import { CopyId } from '../ui/id.tsx';
import { useFailure, whileAway } from '../ui/outage.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { Time } from '../ui/time.tsx';
import { useTitle } from '../ui/title.ts';
import { Waiting } from '../ui/still-asking.tsx';
import { deedOf, outcomeOf } from './words.ts';

interface AuditRecordViewProps {
  readonly id: string;
  readonly known: AuditRecord | undefined;
}

export function AuditRecordView({ id, known }: AuditRecordViewProps) {
  const { operations } = useSession().atlas;
  const { query } = useAddress();
  const found = useQuery({
    queryKey: ['audit-record', id],
    queryFn: ({ signal }) => find(operations, id, signal),
    enabled: known === undefined,
    staleTime: Infinity,
    refetchInterval: whileAway,
  });
  const failure = useFailure(found);
  const record = known ?? found.data;
  useTitle(record == null ? undefined : `${deedOf(record)}, ${record.subject}`);
  return (
    <article className="audit-record" aria-label="Record">
      <div className="title-row">
        <Link href={`/audit${query}`} className="icon-button" aria-label="Back to the list">
          <Icon name="back" />
        </Link>
        <h2>{record ? deedOf(record) : 'Record'}</h2>
      </div>
      {record && <RecordFacts record={record} />}
      {found.data === null && (
        <EmptyState title="There is no such record.">
          <p>It may be of another tenant, or older than records are kept.</p>
        </EmptyState>
      )}
      {record === undefined && failure !== null && <ProblemNote error={failure} />}
      {found.isLoading && failure === null && <Waiting shape="line" />}
    </article>
  );
}

/** Null where there is none. */
async function find(
  operations: AtlasClient['operations'],
  id: string,
  signal: AbortSignal,
): Promise<AuditRecord | null> {
  const atMs = parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  if (!Number.isFinite(atMs)) return null;
  const from = new Date(atMs).toISOString();
  const to = new Date(atMs + 1).toISOString();
  for await (const record of operations.audit({ from, to, limit: 200, signal })) {
    if (record.id === id) return record;
  }
  return null;
}

function RecordFacts({ record }: { readonly record: AuditRecord }) {
  const { word, tone } = outcomeOf(record);
  const { code, subject, session, accountIds, connectionId, address, userAgent, node } = record;
  const details = Object.entries(record.details);
  return (
    <>
      <Facts>
        <Fact name="Outcome">
          <span className="audit-outcome">
            <span className={`dot ${tone}`} /> {word}
          </span>
          {code !== null && (
            <>
              {' '}
              <code>{code}</code>
            </>
          )}
        </Fact>
        <Fact name="When">
          <Time at={record.at} as="moment" />
        </Fact>
        <Fact name="Who">
          <span className="lines">
            <CopyId id={subject} what="the subject" />
            <Link href={`/audit?subject=${encodeURIComponent(subject)}`} className="text-link">
              All that they did
            </Link>
          </span>
        </Fact>
        {session !== null && (
          <Fact name="Session">
            <CopyId id={session} what="the session" />
          </Fact>
        )}
        {accountIds.length > 0 && (
          <Fact name={accountIds.length === 1 ? 'Account' : 'Accounts'}>
            <span className="lines">
              {accountIds.map((id) => (
                <AccountLink key={id} id={id} />
              ))}
            </span>
          </Fact>
        )}
        {connectionId !== null && (
          <Fact name="Connection">
            <CopyId id={connectionId} what="the connection id" />
          </Fact>
        )}
        {address !== null && (
          <Fact name="From">
            {callerOf(address)}
            <span className="audit-why"> by way of {pathOf(address).join(', ')}</span>
          </Fact>
        )}
        {userAgent !== null && <Fact name="Client">{userAgent}</Fact>}
        <Fact name="At">
          <CopyId id={node} what="the node’s name" />
        </Fact>
        {details.length > 0 && (
          <Fact name="Noted">
            <span className="lines">
              {details.map(([name, value]) => (
                <span key={name}>
                  <span className="audit-why">{name}</span> {value}
                </span>
              ))}
            </span>
          </Fact>
        )}
        <Fact name="Record id">
          <CopyId id={record.id} what="the record's id" />
        </Fact>
      </Facts>
      <Json text={JSON.stringify(record, null, 2)} of="the record" />
    </>
  );
}
