/** Notices when nothing has been done for a while, after something has. */

export type IdleTimer = {
  /** Work begins. */
  busy(): void;
  /** There is no work; may be said any number of times. */
  idle(): void;
};

/**
 * @param minutes 0 never ends.
 * @param onEnd Called once after so many minutes without work.
 */
export function createIdleTimer(minutes: number, onEnd: () => void): IdleTimer {
  let timer: NodeJS.Timeout | undefined;
  let hasWorked = false;
  return {
    busy: () => {
      hasWorked = true;
      clearTimeout(timer);
      timer = undefined;
    },
    idle: () => {
      if (hasWorked && minutes > 0) timer ??= setTimeout(onEnd, Math.min(minutes * 60_000, 2 ** 31 - 1));
    },
  };
}
