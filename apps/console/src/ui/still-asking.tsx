// What is said when an answer takes its time: a shape that only stands there could as well be broken. Nothing
// at first, because most answers are here before anybody has read it.
import { useEffect, useState } from 'react';

const saidAfterMs = 3_000;

/** Shown for as long as the answer is waited for. */
export function StillAsking() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), saidAfterMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p role="status" className="still-asking">
      {late && 'No answer yet. It is still being asked for.'}
    </p>
  );
}

/** The same below a shape of what will come. */
export function Waiting({ shape }: { readonly shape?: string }) {
  return (
    <div aria-busy="true">
      <span className={shape === undefined ? 'skeleton' : `skeleton ${shape}`} />
      <StillAsking />
    </div>
  );
}
