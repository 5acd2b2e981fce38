// Rings at a time of day, however far off, and also when a sleeping laptop wakes up after it: timers do
// not run in its sleep.

export interface Alarm {
  readonly set: (atMs: number) => void;
  readonly clear: () => void;
}

const timerMaxMs = 2 ** 31 - 1;

export function createAlarm(ring: () => void): Alarm {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let atMs: number | undefined;

  function clear(): void {
    clearTimeout(timer);
    atMs = undefined;
  }

  function look(): void {
    clearTimeout(timer);
    if (atMs === undefined) return;
    const leftMs = atMs - Date.now();
    if (leftMs > 0) {
      timer = setTimeout(look, Math.min(leftMs, timerMaxMs));
      return;
    }
    clear();
    ring();
  }

  document.addEventListener('visibilitychange', look);
  return {
    set(givenMs) {
      atMs = givenMs;
      look();
    },
    clear,
  };
}
