// Overload: what is refused, by class and reason, and why; the ceiling, to be changed while everything
// runs; and what the balance cache spares the database. For those who are on call, so it says the most
// when something is wrong.
import './overload.css';
import { CacheFigures } from './cache-figures.tsx';
import { GatewayPanel } from './gateway-panel.tsx';
import { HubPanel } from './hub-panel.tsx';
import { TransfersPanel } from './transfers-panel.tsx';
import { LoadPanel } from './load-panel.tsx';
import { Reads } from './reads.tsx';

export function OverloadPage() {
  return (
    <div className="overload">
      <h1>Overload</h1>
      <TransfersPanel />
      <Reads />
      <HubPanel />
      <GatewayPanel />
      <CacheFigures />
      <LoadPanel />
    </div>
  );
}
