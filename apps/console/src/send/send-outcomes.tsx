// What became of a transfer: under way, sent, or not known. Each takes the focus when it appears, so
// that a keyboard or a screen reader is where the news is.
import type { SendState } from '@atlas/client';
import { useEffect, useRef, type ReactNode } from 'react';
import { Link } from 'wouter';
import { amountText, currencyLabel } from '../../../../src/contracts/amount-text.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { transferPath } from '../paths.ts';
import { momentText } from '../ui/time.ts';

type Step<Name extends SendState['step']> = Extract<SendState, { step: Name }>;

export function Sending({ attempt, retrying }: Step<'sending'>) {
  return (
    <Outcome tone="wait" icon="send" title={`Sending ${whatOf(attempt)} …`}>
      {retrying !== undefined && (
        <p>
          {retrying.title} <code>{retrying.code}</code>. Trying again with the same key: it cannot
          be sent twice.
        </p>
      )}
    </Outcome>
  );
}

export function Posted(props: Step<'posted'> & { onAnother: () => void; onDone: () => void }) {
  const { attempt, receipt } = props;
  const { replayed, postedAt, entryId } = receipt;
  return (
    <Outcome
      tone="good"
      icon="check"
      title={`${replayed ? 'Already sent' : 'Sent'}: ${whatOf(attempt)}`}
    >
      {replayed && <p>An earlier try had arrived. The money moved once.</p>}
      <p>
        {momentText(postedAt)} · entry{' '}
        <Link href={transferPath(entryId)} className="text-link">
          <code>{entryId}</code>
        </Link>{' '}
        <CopyButton text={entryId} what="the entry id" />
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={props.onAnother}>
          Send another
        </button>
        <button type="button" className="button primary" onClick={props.onDone}>
          Done
        </button>
      </div>
    </Outcome>
  );
}

export function Unknown(props: Step<'unknown'> & { onRetry: () => void; onAbandon: () => void }) {
  const { attempt, error } = props;
  return (
    <Outcome tone="wait" icon="question" title={`Not known yet: ${whatOf(attempt)}`}>
      {error === undefined ? (
        <p>The page was loaded anew before an answer came.</p>
      ) : (
        <p>
          {error.title} <code>{error.code}</code>
        </p>
      )}
      <p>
        The money may have moved or not. Trying again with the same key tells which, and moves it
        once at most.
      </p>
      <p>
        key <code>{attempt.key}</code> <CopyButton text={attempt.key} what="the key" />
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={props.onAbandon}>
          Give up
        </button>
        <Link href={transferPath(attempt.key)} className="button">
          Look, without sending
        </Link>
        <button type="button" className="button primary" onClick={props.onRetry}>
          Try again, same key
        </button>
      </div>
    </Outcome>
  );
}

function whatOf({ draft }: Step<'sending'>['attempt']): string {
  const amount = amountText(draft.minor, draft.currency);
  return `${amount} ${currencyLabel(draft.currency)} to ${draft.destinationAccountId}`;
}

function Outcome(props: {
  readonly tone: 'good' | 'wait';
  readonly icon: 'check' | 'question' | 'send';
  readonly title: string;
  readonly children: ReactNode;
}) {
  const title = useRef<HTMLParagraphElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <div className={`note ${props.tone}`}>
      <Icon name={props.icon} />
      <div>
        <p className="note-title" tabIndex={-1} ref={title}>
          {props.title}
        </p>
        {props.children}
      </div>
    </div>
  );
}
