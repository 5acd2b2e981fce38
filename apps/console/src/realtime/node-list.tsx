// The replicas of the hub. A row narrows the list below to its connections.
import type { HubNode } from '@atlas/client';
import { useCallback } from 'react';
import { useAddress } from '../ui/address.ts';
import { useFailure } from '../ui/outage.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { Unanswered } from './unanswered.tsx';
import { useHubNodes } from './use-hub-nodes.ts';
import { conditionOf, countOf } from './words.ts';

const columns: readonly Column<HubNode>[] = [
  { name: 'Replica', width: 'minmax(0, 1.6fr)', cell: ({ node }) => node },
  { name: 'State', width: 'minmax(0, 1fr)', cell: (node) => <NodeState node={node} /> },
  {
    name: 'Since',
    width: 'minmax(0, 1.6fr)',
    cell: (node) => <Time at={node.startedAt} as="moment" />,
  },
  { name: 'Version', width: '72px', cell: ({ version }) => version },
  { name: 'Connections', width: '96px', align: 'end', cell: ({ connections }) => connections },
  {
    name: 'Subscriptions',
    width: '104px',
    align: 'end',
    cell: ({ subscriptions }) => subscriptions,
  },
  { name: 'Slow', width: '56px', align: 'end', cell: ({ slow }) => slow },
  { name: 'Unread events', width: '104px', align: 'end', cell: ({ lagRecords }) => lagRecords },
];

/** Beside an open connection. */
const brief = columns.filter(({ name }) =>
  ['Replica', 'State', 'Connections', 'Slow'].includes(name),
);

export function NodeList({ isBrief }: { readonly isBrief: boolean }) {
  const nodes = useHubNodes();
  const failure = useFailure(nodes);
  const { query } = useAddress();
  const hrefOf = useCallback(
    ({ node }: HubNode) => {
      const params = new URLSearchParams(query);
      params.set('node', node);
      return `/realtime?${params}`;
    },
    [query],
  );
  return (
    <section className="nodes" aria-labelledby="replicas">
      <h2 id="replicas" className="list-title">
        Replicas
      </h2>
      {failure !== null && <ProblemNote error={failure} />}
      <Unanswered names={nodes.data?.unanswered} />
      {(nodes.data !== undefined || failure === null) && (
        <Table
          label="Replicas"
          rows={nodes.data?.items ?? []}
          keyOf={keyOf}
          columns={isBrief ? brief : columns}
          narrow={narrow}
          hrefOf={hrefOf}
          loading={nodes.isPending}
        />
      )}
    </section>
  );
}

const keyOf = ({ node }: HubNode) => node;

const narrow = (node: HubNode) => (
  <span className="two-lines">
    <span>{node.node}</span>
    <NodeState node={node} />
    <span>
      since <Time at={node.startedAt} as="moment" />
    </span>
    <span>
      {countOf(node.connections, 'connection')}, {node.slow} slow
    </span>
  </span>
);

function NodeState({ node }: { readonly node: HubNode }) {
  const { word, tone } = conditionOf(node);
  return (
    <span className="state">
      <span className={`dot ${tone}`} /> {word}
    </span>
  );
}
