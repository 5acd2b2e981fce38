// Under pressure a part of the requests is let through, by class: bulk is gone at a quarter of the
// degree, normal goes down to a tenth, and the critical class is not touched, since its work has begun.
// The part is counted out, not drawn, so that it is kept exactly and a test can follow it.
import { byClass, type ByClass, type TrafficClass } from './traffic-class.ts';

const partOf: ByClass<(degree: number) => number> = {
  critical: () => 1,
  normal: (degree) => 1 - 0.9 * degree,
  bulk: (degree) => Math.max(0, 1 - 4 * degree),
};

export class PressureGate {
  readonly #degree: () => number;
  readonly #credit = byClass(() => 1);

  /** @param degree of the pressure, from 0 to 1 */
  constructor(degree: () => number) {
    this.#degree = degree;
  }

  /** The part of a class's requests that is let through now. */
  part(kind: TrafficClass): number {
    return partOf[kind](this.#degree());
  }

  /** Whether a request that nothing else refuses comes in, which is counted. */
  admits(kind: TrafficClass): boolean {
    const passes = this.passes(kind);
    if (passes) this.passed(kind);
    else this.refused(kind);
    return passes;
  }

  /** Takes nothing: a look. */
  passes(kind: TrafficClass): boolean {
    return this.#credit[kind] + this.part(kind) >= 1;
  }

  passed(kind: TrafficClass): void {
    this.#credit[kind] = Math.max(0, this.#credit[kind] + this.part(kind) - 1);
  }

  refused(kind: TrafficClass): void {
    this.#credit[kind] = Math.min(1, this.#credit[kind] + this.part(kind));
  }
}
