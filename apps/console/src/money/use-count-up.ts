// A changed balance runs to its new value in a quarter of a second, so that the eye catches the
// change and its direction. It is exact at both ends, and still where motion is not wanted.
import { useEffect, useRef, useState } from 'react';

const countMs = 250;

export function useCountUp(target: bigint): bigint {
  const [shown, setShown] = useState(target);
  const shownRef = useRef(target);
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
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) show(target);
    else frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [target]);
  return shown;
}
