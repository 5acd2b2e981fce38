// Who is connected to the hub, where and to what, and whether they keep up: the replicas, the connections,
// and one of them beside the list. Asked for every two seconds while it is seen; the record takes that down
// as one look.
import './realtime.css';
import { useRoute } from 'wouter';
import { useAddress } from '../ui/address.ts';
import { faultIn, Filters, Unreadable, useFilterValues } from '../ui/filters.tsx';
import { Liveness } from '../ui/liveness.tsx';
import { SplitView } from '../ui/split-view.tsx';
import { ConnectionList } from './connection-list.tsx';
import { ConnectionView } from './connection-view.tsx';
import { filters } from './filters.ts';
import { NodeList } from './node-list.tsx';
import { useHubNodes } from './use-hub-nodes.ts';

export function RealtimePage() {
  const [, route] = useRoute('/realtime/:id?');
  const { query } = useAddress();
  const openId = route?.id;
  const nodes = useHubNodes();
  const fault = faultIn(filters, useFilterValues(filters));
  return (
    <SplitView
      label="Connections"
      wideList
      backTo={`/realtime${query}`}
      head={
        <>
          <div className="title-row">
            <h1>Realtime</h1>
            {nodes.data !== undefined && (
              <Liveness silentSinceMs={nodes.isError ? nodes.dataUpdatedAt : undefined} />
            )}
          </div>
          <Filters filters={filters} />
        </>
      }
      list={
        <>
          <NodeList isBrief={openId !== undefined} />
          {fault === undefined ? <ConnectionList openId={openId} /> : <Unreadable fault={fault} />}
        </>
      }
      detail={openId === undefined ? undefined : <ConnectionView key={openId} id={openId} />}
      none={null}
    />
  );
}
