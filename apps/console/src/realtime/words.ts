// A connection in words: how it is reached, and whether it keeps up.
import type { HubConnection, HubNode } from '@atlas/client';

const transports: Readonly<Record<HubConnection['transport'], string>> = {
  WebSockets: 'WebSocket',
  ServerSentEvents: 'Server-sent events',
  LongPolling: 'Long polling',
};

export function transportText({ transport }: Pick<HubConnection, 'transport'>): string {
  return transports[transport];
}

export interface Condition {
  readonly word: string;
  readonly tone: 'good' | 'wait' | 'bad';
}

/** A slow one takes nothing; one that is behind is sent its newest balances with the next write. */
export function paceOf({ slow, unsent }: Pick<HubConnection, 'slow' | 'unsent'>): Condition {
  if (slow) return { word: 'Slow', tone: 'bad' };
  return unsent > 0
    ? { word: `${unsent} behind`, tone: 'wait' }
    : { word: 'Up to date', tone: 'good' };
}

export function conditionOf(node: Pick<HubNode, 'draining' | 'feedConnected' | 'slow'>): Condition {
  if (node.draining) return { word: 'Draining', tone: 'wait' };
  if (!node.feedConnected) return { word: 'Event log away', tone: 'bad' };
  return { word: 'Serving', tone: 'good' };
}

/** "1 account", "2 accounts" */
export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** "64 KB": three figures say enough of a queue. */
export function bytesText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_024 ** 2) return `${Math.round(bytes / 1_024)} KB`;
  return `${(bytes / 1_024 ** 2).toFixed(1)} MB`;
}
