/** How long to wait before each new attempt: ever longer, until one succeeds. */

export type Backoff = { next(): number; reset(): void };

/** @returns 1, 2, 4 ... `most` seconds. */
export function createBackoff(most: number): Backoff {
  let failures = 0;
  return {
    next: () => Math.min(most, 2 ** failures++),
    reset: () => (failures = 0),
  };
}
