// A changed balance runs to its new value in a quarter of a second, so that the eye catches the change
// and its direction. It is exact at both ends; where motion is not wanted it is the new value from the
// first frame.
import { useEffect, useRef, useState } from 'react';
import { useReducedMotion } from './use-reduced-motion.ts';

const countMs = 250;

export function useCountUp(target: bigint | undefined): bigint | undefined {
  const still = useReducedMotion();
  const [shown, setShown] = useState(target);
  const last = useRef(target);
  useEffect(() => {
    const from = last.current;
    const show = (value: bigint | undefined) => {
      last.current = value;
      setShown(value);
    };
    if (from === target || from === undefined || target === undefined || still) {
      show(target);
      return undefined;
    }
    let frame = 0;
    const startedMs = Date.now();
    const step = () => {
      const part = Math.min(1, (Date.now() - startedMs) / countMs);
      const eased = BigInt(Math.round((1 - (1 - part) ** 3) * 1_000));
      show(part === 1 ? target : from + ((target - from) * eased) / 1_000n);
      if (part < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [target, still]);
  return still ? target : shown;
}
