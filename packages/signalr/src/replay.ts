/**
 * What lets a connection outlive its socket. Both sides count the messages of types 1 to 5 from 1,
 * keep what they sent until the other acknowledges it, send it again on a new socket behind a
 * Sequence that says where it starts, and pass over what they have had already.
 *
 * Of messages sent as `latest` only the number is kept: in a replay a completion that nobody waits
 * for stands in their place, and the host sends what they told as it is by then.
 */
import { malformed } from './errors.ts';
import type { Limits } from './limits.ts';
import { type HubMessage, type HubProtocol, isCounted, messageTypes } from './protocol/protocol.ts';

/** Counted for each kept message besides its bytes. */
const messageOverheadBytes = 128;

export class Replay {
  readonly #limits: Limits;
  #sent = 0;
  #acknowledged = 0;
  #kept: { id: number; bytes: Buffer }[] = [];
  #keptBytes = 0;
  /** The last message that there was no room to keep. */
  #forgotten = 0;
  #received = 0;
  /** The number of the next message to arrive; below `received` while the peer replays. */
  #next = 1;
  #awaitsSequence = false;
  /** The last message that the peer was told has arrived, on this socket. */
  #told = 0;
  #bytesUntold = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Whether all that the peer may have missed can be sent again. */
  get possible(): boolean {
    const unacknowledged = this.#sent - this.#acknowledged;
    const { replayMessagesMax } = this.#limits;
    return this.#forgotten <= this.#acknowledged && unacknowledged <= replayMessagesMax;
  }

  /** Counts a message that goes out. The oldest give way where there is no room. */
  send(bytes: Buffer, { latest = false }: { latest?: boolean | undefined } = {}): void {
    this.#sent += 1;
    if (latest) return;
    this.#kept.push({ id: this.#sent, bytes });
    this.#keptBytes += bytes.length + messageOverheadBytes;
    while (this.#keptBytes > this.#limits.replayBytesMax) this.#forgotten = this.#dropOldest();
  }

  /** Whether a message is new and for the owner to handle. @throws ProtocolError */
  receive(message: HubMessage): boolean {
    switch (message.type) {
      case messageTypes.ack:
        this.#acknowledge(message.sequenceId);
        return false;
      case messageTypes.sequence:
        if (message.sequenceId > this.#received + 1) {
          throw malformed('a sequence leaves messages out');
        }
        this.#next = message.sequenceId;
        this.#awaitsSequence = false;
        return false;
      case messageTypes.close:
        return true;
      default:
        return !this.#awaitsSequence && (!isCounted(message.type) || this.#count());
    }
  }

  /** What the peer is to be told has arrived, when there is news. */
  takeAck(): { type: 8; sequenceId: number } | undefined {
    if (this.#told === this.#received) return undefined;
    this.#told = this.#received;
    this.#bytesUntold = 0;
    return { type: messageTypes.ack, sequenceId: this.#received };
  }

  arrived(frame: Buffer): void {
    this.#bytesUntold += frame.length;
  }

  /** So much has arrived that the peer should not wait for the next sweep. */
  get ackIsDue(): boolean {
    return this.#bytesUntold > this.#limits.unacknowledgedBytesMax;
  }

  /** The frames that a new socket begins with; what comes from it begins with a sequence as well. */
  begin(protocol: HubProtocol): Buffer[] {
    this.#awaitsSequence = true;
    // The last acknowledgement may have been lost with the socket, and a peer whose buffer is full waits
    // for it: it is given again.
    this.#told = 0;
    const { sequence: type, completion } = messageTypes;
    const standIn = protocol.write({ type: completion, invocationId: 'overtaken' });
    const messages: Buffer[] = [];
    const first = this.#acknowledged + 1;
    for (const { id, bytes } of this.#kept) {
      while (first + messages.length < id) messages.push(standIn);
      messages.push(bytes);
    }
    while (first + messages.length <= this.#sent) messages.push(standIn);
    const sequence = protocol.write({ type, sequenceId: first });
    return messages.length === 0 ? [sequence] : [sequence, Buffer.concat(messages)];
  }

  #acknowledge(id: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(id, this.#sent));
    while (this.#kept.length > 0 && this.#kept[0]!.id <= this.#acknowledged) this.#dropOldest();
  }

  #dropOldest(): number {
    const { id, bytes } = this.#kept.shift()!;
    this.#keptBytes -= bytes.length + messageOverheadBytes;
    return id;
  }

  #count(): boolean {
    const id = this.#next;
    this.#next += 1;
    if (id <= this.#received) return false;
    this.#received = id;
    return true;
  }
}
