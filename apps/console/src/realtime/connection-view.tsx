// One connection: who, how, since when, what it watches, what waits for it; and ending it.
import { AtlasError, type HubConnection } from '@atlas/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { useSession } from '../session/use-session.ts';
import { AccountLink } from '../ui/account-link.tsx';
import { answerMs } from '../ui/answer-ms.ts';
import { useAddress } from '../ui/address.ts';
import { callerOf, pathOf } from '../ui/addresses.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Fact, Facts, Json } from '../ui/facts.tsx';
import { Icon } from '../ui/icons.tsx';
import { CopyId } from '../ui/id.tsx';
import { useFailure } from '../ui/outage.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { Time } from '../ui/time.tsx';
import { useTitle } from '../ui/title.ts';
import { Waiting } from '../ui/still-asking.tsx';
import { Pace } from './connection-list.tsx';
import { Disconnect } from './disconnect.tsx';
import { everyMs } from './every.ts';
import { bytesText, transportText } from './words.ts';

export function ConnectionView({ id }: { readonly id: string }) {
  const { operations } = useSession().atlas;
  const { query } = useAddress();
  const [ending, setEnding] = useState(false);
  const found = useQuery({
    queryKey: ['connection', id],
    queryFn: ({ signal }) => operations.connection(id, { signal, deadlineMs: answerMs }),
    refetchInterval: ({ state }) => (isGone(state.error) ? false : everyMs),
  });
  const failure = useFailure(found);
  const gone = isGone(failure);
  const connection = found.data;
  useTitle(connection?.subject);
  return (
    <article className="connection" aria-label="Connection">
      <div className="title-row">
        <Link href={`/realtime${query}`} className="icon-button" aria-label="Back to the list">
          <Icon name="back" />
        </Link>
        <h2>{connection?.subject ?? 'Connection'}</h2>
        {connection !== undefined && !gone && (
          <button type="button" className="button end" onClick={() => setEnding(true)}>
            Disconnect
          </button>
        )}
      </div>
      {gone && (
        <EmptyState title="This connection has ended.">
          <p>Its record says when and why.</p>
          {connection !== undefined && <RecordLink subject={connection.subject} />}
        </EmptyState>
      )}
      {failure !== null && !gone && <ProblemNote error={failure} />}
      {found.isPending && failure === null && <Waiting shape="line" />}
      {connection !== undefined && <ConnectionFacts connection={connection} />}
      {ending && connection !== undefined && (
        <Disconnect
          connection={connection}
          onDone={() => void found.refetch()}
          onClose={() => setEnding(false)}
        />
      )}
    </article>
  );
}

function isGone(error: unknown): boolean {
  return error instanceof AtlasError && error.code === 'not_found';
}

function RecordLink({ subject }: { readonly subject: string }) {
  return (
    <Link href={`/audit?subject=${encodeURIComponent(subject)}`} className="text-link">
      The record of {subject}
    </Link>
  );
}

function ConnectionFacts({ connection }: { readonly connection: HubConnection }) {
  const { subscriptions, subscriptionCount } = connection;
  return (
    <>
      <Facts>
        <Fact name="Pace">
          <Pace of={connection} />
        </Fact>
        <Fact name="Waiting">
          {bytesText(connection.waitingBytes)} in the socket, {connection.unsent} balances behind it
        </Fact>
        <Fact name="Overtaken">
          {connection.conflated} balances were replaced by newer ones before it could take them
        </Fact>
        <Fact name="Transport">{transportText(connection)}</Fact>
        <Fact name="Since">
          <Time at={connection.connectedAt} as="moment" />
        </Fact>
        <Fact name="Token ends">
          <Time at={connection.expiresAt} as="moment" />
        </Fact>
        <Fact name="User">
          <span className="lines">
            <CopyId id={connection.subject} what="the subject" />
            <RecordLink subject={connection.subject} />
          </span>
        </Fact>
        <Fact name="Session">
          <CopyId id={connection.session} what="the session" />
        </Fact>
        <Fact name="From">
          {callerOf(connection.address)} by way of {pathOf(connection.address).join(', ')}
        </Fact>
        {connection.userAgent !== null && <Fact name="Client">{connection.userAgent}</Fact>}
        <Fact name="Replica">
          <CopyId id={connection.node} what="the replica’s name" />
        </Fact>
        <Fact name="Connection id">
          <CopyId id={connection.connectionId} what="the connection id" />
        </Fact>
        <Fact name="Watches">
          {subscriptionCount === 0 && 'nothing'}
          {subscriptionCount > 0 && (
            <div className="lines subscriptions" tabIndex={0} aria-label="Accounts that it watches">
              {subscriptions.map((accountId) => (
                <AccountLink key={accountId} id={accountId} />
              ))}
              {subscriptionCount > subscriptions.length &&
                `and ${subscriptionCount - subscriptions.length} more`}
            </div>
          )}
        </Fact>
      </Facts>
      <Json text={JSON.stringify(connection, null, 2)} of="the connection" />
    </>
  );
}
