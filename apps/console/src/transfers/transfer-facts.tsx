// A stored transfer, all that is known of it, as facts that can be copied.
import type { FoundTransfer } from '@atlas/client';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Amount } from '../money/amount.tsx';
import { accountPath } from '../paths.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { momentText } from '../ui/time.ts';

export function TransferFacts({ transfer }: { readonly transfer: FoundTransfer }) {
  const posted = transfer.status === 'posted';
  return (
    <article className="transfer" aria-label="Transfer">
      <p className={posted ? 'transfer-status good' : 'transfer-status bad'}>
        <Icon name={posted ? 'check' : 'alert'} />
        {posted ? `Posted ${momentText(transfer.postedAt)}` : 'Refused: no money moved'}
      </p>
      <p className="transfer-amount">
        <Amount minor={transfer.minor} currency={transfer.currency} />
      </p>
      <dl className="facts">
        {transfer.status === 'refused' && (
          <Fact name="Reason">
            {transfer.error.title} <code>{transfer.error.code}</code>
            <br />
            {transfer.error.message}
          </Fact>
        )}
        <Fact name="From">
          <AccountLink id={transfer.sourceAccountId} />
          {posted && <span className="code"> · v{transfer.source.version}</span>}
        </Fact>
        <Fact name="To">
          <AccountLink id={transfer.destinationAccountId} />
          {posted && <span className="code"> · v{transfer.destination.version}</span>}
        </Fact>
        {transfer.narration !== undefined && <Fact name="Narration">{transfer.narration}</Fact>}
        {transfer.effectiveAt !== undefined && (
          <Fact name="Effective">{momentText(transfer.effectiveAt)}</Fact>
        )}
        {posted && (
          <Fact name="Entry id">
            {transfer.entryId} <CopyButton text={transfer.entryId} what="the entry id" />
          </Fact>
        )}
        <Fact name="Key">
          {transfer.key} <CopyButton text={transfer.key} what="the key" />
        </Fact>
        {Object.entries({ ...transfer.context, ...transfer.metadata }).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </dl>
    </article>
  );
}

function AccountLink({ id }: { readonly id: string }) {
  return (
    <Link href={accountPath(id)} className="text-link">
      {id}
    </Link>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
