// Every replica of every role, as the core knows them, asked at its own address. While the core is away
// those that it told of last are asked; before it has ever told, those that the gateway itself is sent to.
import type { History, RoleState, Window } from '../../contracts/telemetry.ts';
import type { SeenNode } from '../../contracts/control.ts';
import type { Control } from '../../platform/control.ts';
import type { Guards } from '../../platform/guards/guards.ts';
import { openInternalCalls } from '../../platform/internal-calls.ts';
import type { Log } from '../../platform/logs.ts';
import { createPeers, peerLimits, type PeerAnswers } from '../../platform/peers.ts';
import { historyPath, statePath } from '../../platform/telemetry/index.ts';

/** Replicas of all roles together; those that came last are asked. */
const replicasMax = 200;
/** A node says every second that it is there. */
const silentMs = 5_000;

export interface RoleReplica extends AsyncDisposable {
  history(window: Window): Promise<History>;
  state(): Promise<RoleState>;
}

export interface AllReplicas extends AsyncDisposable {
  ask<R>(question: (replica: RoleReplica) => Promise<R>): Promise<Asked<R>>;
}

export interface Asked<R> extends PeerAnswers<R, SeenNode> {
  /** Heard of within the hour, and silent now. */
  readonly gone: readonly SeenNode[];
  /** False: the core could not say which replicas there are. */
  readonly known: boolean;
}

export interface AllReplicasParts {
  readonly control: Control;
  /** Base URLs by role. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly guards: Guards;
  readonly log: Log;
}

export function createReplicas(parts: AllReplicasParts): AllReplicas {
  const { control, addresses, log, ...access } = parts;
  const peers = createPeers((url) => connect(url, access), log);
  let last: readonly SeenNode[] = Object.entries(addresses).map(([role, url]) => ({
    id: role,
    role,
    url,
    version: '',
    startedAt: new Date().toISOString(),
    silentMs: 0,
  }));

  async function nodes(): Promise<{ known: boolean; seen: readonly SeenNode[] }> {
    try {
      const seen = await control.seenNodes();
      if (seen.length > 0) last = seen;
      return { known: seen.length > 0, seen: last };
    } catch (error) {
      log.warn({ err: error }, 'the core cannot say which replicas there are: the last are asked');
      return { known: false, seen: last };
    }
  }

  return {
    async ask<R>(question: (replica: RoleReplica) => Promise<R>): Promise<Asked<R>> {
      const { known, seen } = await nodes();
      const here = seen.filter((node) => node.silentMs < silentMs);
      const { answers, unanswered } = await peers.ask(here.slice(0, replicasMax), question);
      return {
        answers,
        unanswered: [...unanswered, ...here.slice(replicasMax)],
        gone: seen.filter((node) => node.silentMs >= silentMs),
        known,
      };
    },
    [Symbol.asyncDispose]: () => peers[Symbol.asyncDispose](),
  };
}

function connect(
  url: string,
  access: { readonly secret: string; readonly guards: Guards },
): RoleReplica {
  const calls = openInternalCalls({
    ...access,
    role: 'replica',
    name: `telemetry ${url}`,
    url,
    connectionsMax: peerLimits.connectionsMax,
    callsMax: peerLimits.callsMax,
    answerTimeoutMs: peerLimits.timeoutMs,
  });
  return {
    history({ fromMs, stepMs, steps }) {
      return calls.call<History>(
        'GET',
        `${historyPath}?fromMs=${fromMs}&stepMs=${stepMs}&steps=${steps}`,
      );
    },
    state: () => calls.call<RoleState>('GET', statePath),
    [Symbol.asyncDispose]: () => calls[Symbol.asyncDispose](),
  };
}
