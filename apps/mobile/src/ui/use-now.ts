// The present, once a second while it matters, for ages that grow while nothing else happens.
import { useEffect, useState } from 'react';

export function useNow(running = true): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return undefined;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  return nowMs;
}
