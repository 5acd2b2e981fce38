// Sending from an account, on its own page, so that the balance and the new entry are in sight when
// the money moves. What happens to a transfer is the sender's business; this shows it.
import './send.css';
import { useSyncExternalStore, type KeyboardEvent } from 'react';
import { useSession } from '../session/use-session.ts';
import { Icon } from '../ui/icons.tsx';
import { SendForm } from './send-form.tsx';
import { Posted, Sending, Unknown } from './send-outcomes.tsx';

interface SendPanelProps {
  readonly accountId: string;
  readonly currency: string;
  readonly onClose: () => void;
}

export function SendPanel({ accountId, currency, onClose }: SendPanelProps) {
  const { senders } = useSession();
  const sender = senders.of(accountId);
  const state = useSyncExternalStore(sender.listen, sender.read);
  const close = () => {
    sender.reset();
    onClose();
  };
  // From inside of a field too, where the keys of the page are silent.
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    close();
  };
  return (
    <section className="send" aria-label="Send a transfer" onKeyDown={closeByKey}>
      <header className="send-head">
        <h2>Send from this account</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {(state.step === 'idle' || state.step === 'refused') && (
        <SendForm
          accountId={accountId}
          currency={currency}
          refused={state.step === 'refused' ? state : undefined}
          onSend={sender.send}
          onCancel={close}
        />
      )}
      {state.step === 'sending' && <Sending {...state} />}
      {state.step === 'unknown' && (
        <Unknown {...state} onRetry={sender.retry} onAbandon={sender.abandon} />
      )}
      {state.step === 'posted' && <Posted {...state} onAnother={sender.reset} onDone={close} />}
    </section>
  );
}
