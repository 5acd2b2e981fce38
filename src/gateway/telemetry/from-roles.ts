// The last hour as the roles themselves remember it: needs nothing beside Atlas. What a replica that is
// gone has done is gone with it, so it is named.
import type { SeenNode } from '../../contracts/control.ts';
import { sampleMs, samplesKept } from '../../platform/telemetry/history.ts';
import { addUp } from './add-up.ts';
import type { AllReplicas } from './replicas.ts';
import { stepMsOf, type ReplicaSeen, type TelemetrySource } from './source.ts';

/** The newest samples that are asked for are over for so long: clocks and timers differ a little. */
const settleMs = 500;

export function fromRoles(replicas: AllReplicas, nowMs: () => number): TelemetrySource {
  return {
    rangeSecondsMax: (sampleMs * samplesKept) / 1_000,
    windowOf(rangeSeconds) {
      const stepMs = stepMsOf(rangeSeconds, sampleMs);
      const toMs = Math.floor((nowMs() - settleMs) / sampleMs) * sampleMs;
      // Steps stand still while time goes on: only the last one grows.
      const fromMs = Math.floor((toMs - rangeSeconds * 1_000) / stepMs) * stepMs;
      return { fromMs, stepMs, steps: Math.ceil((toMs - fromMs) / stepMs) };
    },
    async read(window) {
      const { answers, unanswered, gone, known } = await replicas.ask((replica) =>
        replica.history(window),
      );
      const inWindow = gone.filter(({ silentMs }) => nowMs() - silentMs > window.fromMs);
      const histories = answers.map(([, history]) => history);
      return {
        history: addUp(histories, window.steps),
        replicas: [
          ...answers.map(([node]) => seen(node, 'answered')),
          ...unanswered.map((node) => seen(node, 'unanswered')),
          ...inWindow.map((node) => seen(node, 'gone')),
        ],
        complete: known && unanswered.length === 0 && inWindow.length === 0,
      };
    },
  };
}

function seen(node: SeenNode, state: ReplicaSeen['state']): ReplicaSeen {
  const { id, role, version, startedAt } = node;
  return { node: id, role, version: version || null, startedAt, state };
}
