// What became of the payments of a demo, in the last second and in all.
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

const latencyMsMax = 600_000;

export class Tally {
  sent = 0;
  posted = 0;
  /** Arrivals that were not sent because too many were under way. */
  skipped = 0;
  readonly #notPosted = new Map<string, number>();
  readonly #latencyUs: RecordableHistogram = createHistogram({ highest: latencyMsMax * 1_000 });

  /** `code`: of a refusal, or of what was last wrong; undefined when posted. */
  settled(code: string | undefined, latencyMs: number): void {
    if (code === undefined) this.posted += 1;
    else this.#notPosted.set(code, (this.#notPosted.get(code) ?? 0) + 1);
    this.#latencyUs.record(
      Math.max(1, Math.min(Math.round(latencyMs * 1_000), latencyMsMax * 1_000)),
    );
  }

  inWords(): string {
    const refused = [...this.#notPosted.values()].reduce((sum, count) => sum + count, 0);
    const codes = [...this.#notPosted].map(([code, count]) => `${code} ${count}`).join(', ');
    const parts = [
      `sent ${this.sent}`,
      `posted ${this.posted}`,
      `refused ${refused}${codes === '' ? '' : ` (${codes})`}`,
    ];
    if (this.skipped > 0) parts.push(`skipped ${this.skipped}`);
    if (this.#latencyUs.count > 0)
      parts.push(`p50 ${this.#percentile(50)}`, `p99 ${this.#percentile(99)}`);
    return parts.join('  ');
  }

  #percentile(percent: number): string {
    return `${(this.#latencyUs.percentile(percent) / 1_000).toFixed(1)} ms`;
  }
}
