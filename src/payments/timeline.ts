// When a transfer passed each stage of its way: every process that may have measured one is asked for what
// it remembers, and what nobody has measured is said to be missing, with the reason. Nothing is guessed.
import type { Node } from '../contracts/control.ts';
import { stageNames, type StageName, type StageReport } from '../contracts/stages.ts';
import type { Control } from '../platform/control.ts';
import type { Guards } from '../platform/guards/guards.ts';
import type { Log } from '../platform/logs.ts';
import { createPeers } from '../platform/peers.ts';
import { connectStages } from '../platform/stages-api.ts';
import type { Stages } from '../platform/stages.ts';

const rolesOnTheWay = ['payments', 'core', 'realtime'] as const;
/** Nodes that are asked for one timeline. */
const nodesMax = 100;
/** By so much clocks may differ, where another process is asked whether it would still know. */
const clocksDifferMaxMs = 5_000;

export interface MeasuredStage {
  readonly stage: StageName;
  readonly status: 'measured';
  readonly node: string;
  readonly atMs: number;
  readonly lastAtMs?: number;
  readonly deliveries?: number;
}

/**
 * `forgotten`: those who measure it have had so many others since. `unanswered`: one who may know did not
 * answer, or none is known. `not_measured`: all who measure it would still know; it has not happened, or not there.
 */
export interface MissingStage {
  readonly stage: StageName;
  readonly status: 'missing';
  readonly reason: 'forgotten' | 'unanswered' | 'not_measured';
}

export type TimelineStage = MeasuredStage | MissingStage;

export interface Timeline {
  /** In the order of the way; `delivered` once for each replica of the hub. */
  readonly stages: readonly TimelineStage[];
  /** Names of the nodes that did not answer. */
  readonly unanswered: readonly string[];
}

export interface Timelines extends AsyncDisposable {
  of(entryId: string, postedAtMs: number): Promise<Timeline>;
}

export interface TimelinesParts {
  readonly control: Control;
  readonly stages: Stages;
  readonly secret: string;
  readonly guards: Guards;
  readonly log: Log;
}

export function createTimelines({ control, stages, log, ...access }: TimelinesParts): Timelines {
  const peers = createPeers((url) => connectStages(url, access), log);

  /** Each process once, whatever roles it has. */
  async function others(): Promise<Node[]> {
    const nodes = (await Promise.all(rolesOnTheWay.map((role) => control.nodes(role)))).flat();
    const byId = new Map(nodes.map((node) => [node.id, node]));
    byId.delete(control.node);
    return [...byId.values()].slice(0, nodesMax);
  }

  return {
    async of(entryId, postedAtMs) {
      const { answers, unanswered } = await peers.ask(await others(), (peer) =>
        peer.report(entryId),
      );
      const reports = [
        { node: control.node, clockMayDifferMs: 0, report: stages.report(entryId) },
        ...answers.map(([{ id }, report]) => ({
          node: id,
          clockMayDifferMs: clocksDifferMaxMs,
          report,
        })),
      ];
      const missing = { unanswered: unanswered.length > 0, postedAtMs };
      return {
        stages: stageNames.flatMap((stage) => stagesOf(stage, reports, missing)),
        unanswered: unanswered.map(({ id }) => id),
      };
    },
    [Symbol.asyncDispose]: () => peers[Symbol.asyncDispose](),
  };
}

export interface Reported {
  readonly node: string;
  readonly clockMayDifferMs: number;
  readonly report: StageReport;
}

export function stagesOf(
  stage: StageName,
  reports: readonly Reported[],
  missing: { readonly unanswered: boolean; readonly postedAtMs: number },
): TimelineStage[] {
  const measured = reports.flatMap(({ node, report }) => measuredBy(stage, node, report));
  if (measured.length > 0) return measured.toSorted((a, b) => a.atMs - b.atMs);
  const knownSince = reports.flatMap(({ report, clockMayDifferMs }) => {
    const sinceMs = report.since[stage];
    return sinceMs === undefined ? [] : [sinceMs + clockMayDifferMs];
  });
  const unanswered = missing.unanswered || knownSince.length === 0;
  const forgotten = knownSince.some((ms) => ms > missing.postedAtMs);
  const reason = unanswered ? 'unanswered' : forgotten ? 'forgotten' : 'not_measured';
  return [{ stage, status: 'missing', reason }];
}

/** What a node has delivered at several times is one line. Else the first time: a repeat is no new stage. */
function measuredBy(stage: StageName, node: string, { marks }: StageReport): MeasuredStage[] {
  const own = marks.filter((mark) => mark.stage === stage);
  if (own.length === 0) return [];
  const atMs = Math.min(...own.map((mark) => mark.atMs));
  if (stage !== 'delivered') return [{ stage, status: 'measured', node, atMs }];
  const lastAtMs = Math.max(...own.map((mark) => mark.lastAtMs ?? mark.atMs));
  const deliveries = own.reduce((sum, mark) => sum + (mark.deliveries ?? 0), 0);
  return [{ stage, status: 'measured', node, atMs, lastAtMs, deliveries }];
}
