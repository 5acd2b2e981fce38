// A changed balance runs to its new value in a quarter of a second, so that the eye catches the
// change and its direction. It is exact at both ends; where motion is not wanted it is the new value from
// the first frame, so that the version beside it is never that of another.
import { useEffect, useRef, useState } from 'react';

const countMs = 250;

export function useCountUp(target: bigint): bigint {
  const [shown, setShown] = useState(target);
  const shownRef = useRef(target);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  useEffect(() => {
    const from = shownRef.current;
    if (from === target) return undefined;
    let frame = 0;
    const show = (value: bigint) => {
      shownRef.current = value;
      setShown(value);
    };
    const startedMs = performance.now();
    const step = (nowMs: number) => {
      const part = Math.min(1, Math.max(0, (nowMs - startedMs) / countMs));
      const eased = BigInt(Math.round((1 - (1 - part) ** 3) * 1_000));
      show(part === 1 ? target : from + ((target - from) * eased) / 1_000n);
      if (part < 1) frame = requestAnimationFrame(step);
    };
    if (still) show(target);
    else frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [target, still]);
  return still ? target : shown;
}
