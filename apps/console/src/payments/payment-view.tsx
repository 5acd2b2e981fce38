// One payment with all that is known of it: what became of it, both sides, the stages of its way, the ids that
// name it, and the answer of the API as it is.
import { AtlasError, type FoundTransfer } from '@atlas/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { Amount } from '../money/amount.tsx';
import { useSession } from '../session/use-session.ts';
import { Fact, Facts, Json } from '../ui/facts.tsx';
import { Icon } from '../ui/icons.tsx';
import { CopyId } from '../ui/id.tsx';
import { useFailure, whileAway } from '../ui/outage.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { momentText } from '../ui/time.ts';
import { useZone } from '../ui/zone.ts';
import { Waiting } from '../ui/still-asking.tsx';
import { findTransfer } from './find-transfer.ts';
import { Postings } from './postings.tsx';
import { Timeline } from './timeline.tsx';

interface PaymentViewProps {
  readonly reference: string;
  readonly backTo: string;
}

export function PaymentView({ reference, backTo }: PaymentViewProps) {
  const { atlas } = useSession();
  const found = useQuery({
    queryKey: ['transfer', reference],
    queryFn: ({ signal }) => findTransfer(atlas, reference, signal),
    refetchInterval: whileAway,
  });
  const failure = useFailure(found);
  const titleRef = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Where the list is hidden now, the focus went with its row.
    if (document.activeElement === document.body) titleRef.current?.focus({ preventScroll: true });
  }, []);
  return (
    <article className="payment" aria-label="Payment">
      <header className="payment-head">
        <Link href={backTo} className="icon-button" aria-label="Close the payment">
          <Icon name="close" />
        </Link>
        <h2 tabIndex={-1} ref={titleRef}>
          Payment
        </h2>
      </header>
      {found.data !== undefined && <Known payment={found.data} />}
      {found.isPending && failure === null && <Waiting shape="payment-skeleton" />}
      {failure !== null && found.data === undefined && (
        <ProblemNote error={failure}>
          <p>
            It was looked for by <code>{reference}</code>.
          </p>
          <button type="button" className="button" onClick={() => void found.refetch()}>
            Look again
          </button>
        </ProblemNote>
      )}
    </article>
  );
}

function Known({ payment }: { readonly payment: FoundTransfer }) {
  useZone();
  const { narration, effectiveAt, context, metadata } = payment;
  const posted = payment.status === 'posted';
  return (
    <>
      <p className={posted ? 'payment-outcome good' : 'payment-outcome bad'}>
        <Icon name={posted ? 'check' : 'alert'} />
        {posted ? `Posted ${momentText(payment.postedAt)}` : 'Refused: no money moved'}
      </p>
      <p className="payment-amount">
        <Amount minor={payment.minor} currency={payment.currency} />
      </p>
      {!posted && <ProblemNote error={payment.error} />}
      <Postings payment={payment} />
      <Facts>
        {narration !== undefined && narration !== '' && <Fact name="Narration">{narration}</Fact>}
        {effectiveAt !== undefined && <Fact name="Effective">{momentText(effectiveAt)}</Fact>}
        {posted && (
          <Fact name="Entry id">
            <CopyId id={payment.entryId} what="the entry id" />
          </Fact>
        )}
        <Fact name="Key">
          <CopyId id={payment.key} what="the key" />
        </Fact>
        {Object.entries({ ...context, ...metadata }).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </Facts>
      {posted && <Timeline entryId={payment.entryId} />}
      <Json text={jsonOf(payment)} of="the payment" />
    </>
  );
}

/** As the wire has it: amounts as decimal strings, a refusal as its problem. */
function jsonOf(payment: FoundTransfer): string {
  const plain = (_name: string, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    if (!(value instanceof AtlasError)) return value;
    const { code, status, title, message } = value;
    const instance = '/payments/transfers';
    return { type: `urn:atlas:problem:${code}`, title, status, detail: message, code, instance };
  };
  const { status, ...rest } = payment;
  if (!('error' in rest)) return JSON.stringify({ status, ...rest }, plain, 2);
  const { error, ...asked } = rest;
  return JSON.stringify({ status, problem: error, ...asked }, plain, 2);
}
