// Overload: what is refused, by class and reason, and why; the ceiling, to be changed while everything
// runs; and what the balance cache spares the database. For those who are on call, so it says the most
// when something is wrong.
import './overload.css';
import { useSession } from '../session/use-session.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { CacheFigures } from './cache-figures.tsx';
import { GatewayPanel } from './gateway-panel.tsx';
import { HubPanel } from './hub-panel.tsx';
import { TransfersPanel } from './transfers-panel.tsx';
import { LoadPanel } from './load-panel.tsx';
import { Reads } from './reads.tsx';

const command = 'npx atlas token';

export function OverloadPage() {
  const { claims } = useSession();
  return (
    <div className="overload">
      <h1>Overload</h1>
      {claims.scopes.includes('ops') ? (
        <>
          <TransfersPanel />
          <Reads />
          <HubPanel />
          <GatewayPanel />
          <CacheFigures />
          <LoadPanel />
        </>
      ) : (
        <NotForThisToken />
      )}
    </div>
  );
}

function NotForThisToken() {
  return (
    <div className="note warn">
      <Icon name="alert" />
      <div>
        <p className="note-title">This token may not see the overload</p>
        <p>
          The figures and the ceiling need scope <code>ops</code>. Sign out and in again with a
          token that has it. One for development: <code>{command}</code>{' '}
          <CopyButton text={command} what="the command" />
        </p>
      </div>
    </div>
  );
}
