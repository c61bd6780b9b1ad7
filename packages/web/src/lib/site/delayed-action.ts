/**
 * An action that waits a while before it is done, so that it can be taken back. At most one waits; the next one,
 * leaving the page, or the end of the pause does it for good.
 */
export type DelayedAction = {
  start(run: () => void): void;
  /** Takes the waiting action back. */
  undo(): void;
  /** Does the waiting action now. */
  commit(): void;
  /** Stops the clock while someone reads or reaches for the button, and starts it anew. */
  hold(held: boolean): void;
};

/** @param later `setTimeout` in the form of a function that returns its own cancellation. */
export function createDelayedAction(
  later: (run: () => void, milliseconds: number) => () => void,
  pause: number,
): DelayedAction {
  let waiting: (() => void) | undefined;
  let cancel: (() => void) | undefined;

  function settle(run: boolean): void {
    const action = waiting;
    cancel?.();
    waiting = undefined;
    cancel = undefined;
    if (run) action?.();
  }

  return {
    start(run) {
      settle(true);
      waiting = run;
      cancel = later(() => settle(true), pause);
    },
    undo: () => settle(false),
    commit: () => settle(true),
    hold(held) {
      cancel?.();
      cancel = held || waiting === undefined ? undefined : later(() => settle(true), pause);
    },
  };
}
