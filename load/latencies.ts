// Latencies in HDR histograms: every value is kept to three digits (two where there is one histogram
// for each moment), up to ten minutes, so that no percentile is an average of averages.
import {
  build,
  encodeIntoCompressedBase64,
  type Histogram as HdrHistogram,
} from 'hdr-histogram-js';

const usMax = 600_000_000;

export interface LatencyFigures {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

export class Latencies {
  readonly #us: HdrHistogram;

  constructor(digits: 2 | 3 = 3) {
    this.#us = build({
      bitBucketSize: 32,
      autoResize: false,
      lowestDiscernibleValue: 1,
      highestTrackableValue: usMax,
      numberOfSignificantValueDigits: digits,
    });
  }

  get count(): number {
    return this.#us.totalCount;
  }

  record(ms: number): void {
    this.#us.recordValue(Math.min(usMax, Math.max(1, Math.round(ms * 1_000))));
  }

  /** 0 where nothing was recorded. */
  percentileMs(percent: number): number {
    // A percentile is the upper end of its bucket, which may lie above the longest value.
    return Math.min(this.maxMs, this.#us.getValueAtPercentile(percent) / 1_000);
  }

  get maxMs(): number {
    return this.count === 0 ? 0 : this.#us.maxValue / 1_000;
  }

  get figures(): LatencyFigures {
    return {
      count: this.count,
      meanMs: this.count === 0 ? 0 : this.#us.mean / 1_000,
      p50Ms: this.percentileMs(50),
      p90Ms: this.percentileMs(90),
      p99Ms: this.percentileMs(99),
      p999Ms: this.percentileMs(99.9),
      maxMs: this.maxMs,
    };
  }

  /** Microseconds, as HdrHistogram's tools read them (V2, compressed, base64). */
  get encoded(): string {
    return encodeIntoCompressedBase64(this.#us);
  }

  reset(): void {
    this.#us.reset();
  }
}
