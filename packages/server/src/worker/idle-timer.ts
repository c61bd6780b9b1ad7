/** Notices when nothing has been done for a while, after something has. */

export type IdleTimer = {
  /** Work begins. */
  busy(): void;
  /** There is no work; may be said any number of times. */
  idle(): void;
  /** Ends without waiting for the minutes to pass, as soon as there is no work. */
  hurry(): void;
};

/**
 * @param minutes 0 never ends by itself.
 * @param onEnd Called once after so many minutes without work.
 */
export function createIdleTimer(minutes: number, onEnd: () => void): IdleTimer {
  let timer: NodeJS.Timeout | undefined;
  let hasWorked = false;
  let isIdle = true;
  let isHurried = false;
  const set = (milliseconds: number): void => {
    clearTimeout(timer);
    timer = setTimeout(onEnd, Math.min(milliseconds, 2 ** 31 - 1));
  };
  return {
    busy: () => {
      hasWorked = true;
      isIdle = false;
      clearTimeout(timer);
      timer = undefined;
    },
    idle: () => {
      isIdle = true;
      if (!hasWorked || timer !== undefined) return;
      if (isHurried) set(0);
      else if (minutes > 0) set(minutes * 60_000);
    },
    hurry: () => {
      isHurried = true;
      if (hasWorked && isIdle) set(0);
    },
  };
}
