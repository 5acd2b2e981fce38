// The control plane from a process without a core: the same interface over HTTP at LEDGER_INTERNAL, on
// connections of its own, so that transfers and records do not wait for each other.
import type { CeilingOrder, ControlPlane, News, Node, SeenNode } from '../contracts/control.ts';
import { openInternalCalls } from '../platform/internal-calls.ts';
import type { CoreAddress } from './remote.ts';
import {
  auditPath,
  ceilingPath,
  newsPath,
  nodesPath,
  revocationsPath,
  seenNodesPath,
} from './control-api.ts';

const connectionsMax = 3;
const callsMax = 64;
const answerTimeoutMs = 5_000;

/** Connects when it is first used. */
export function connectControlPlane(core: CoreAddress): ControlPlane & AsyncDisposable {
  const calls = openInternalCalls({
    ...core,
    role: 'core',
    name: 'core_control',
    connectionsMax,
    callsMax,
    answerTimeoutMs,
  });
  return {
    async revoke(revocation, record) {
      await calls.call('POST', revocationsPath, { revocation, record });
    },
    news: (cursor, nodes) => calls.call<News>('POST', newsPath, { cursor, nodes }),
    orderCeiling: (ceiling, record) =>
      calls.call<CeilingOrder>('PUT', ceilingPath, { ceiling, record }),
    async nodes(role) {
      const query = new URLSearchParams({ role });
      return (await calls.call<{ nodes: Node[] }>('GET', `${nodesPath}?${query.toString()}`)).nodes;
    },
    async seenNodes() {
      return (await calls.call<{ nodes: SeenNode[] }>('GET', seenNodesPath)).nodes;
    },
    async append(records) {
      await calls.call('POST', auditPath, { records });
    },
    [Symbol.asyncDispose]: () => calls[Symbol.asyncDispose](),
  };
}
