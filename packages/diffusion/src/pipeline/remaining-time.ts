/** Tells how far a job is and how long it still takes. */
export type ProgressEstimate = { readonly fraction: number; readonly secondsRemaining: number };

export type WorkClock = {
  /** Says that one unit of a kind is done, and what that makes of the whole. */
  done(kind: string): ProgressEstimate;
};

/**
 * Estimates from the measured pace. A job consists of units of a few kinds (steps, decodings), each kind with a
 * guess of its weight until one of it has been measured; a kind's pace is the mean of its last few units, since
 * the first one often pays for preparing a network.
 * @param plan how many units of each kind there are, and what one weighs as against the others.
 * @param now seconds; replaceable for tests.
 */
export function workClock(
  plan: Readonly<Record<string, { readonly count: number; readonly weight: number }>>,
  now: () => number = () => performance.now() / 1000,
): WorkClock {
  const measured = new Map<string, number[]>(Object.keys(plan).map((kind) => [kind, []]));
  let last = now();
  let furthest = 0;

  /** Seconds of one unit: measured, otherwise guessed by weight from those measured. */
  function pace(kind: string): number {
    const own = measured.get(kind) ?? [];
    if (own.length > 0) return recentMean(own);
    const known = [...measured].filter(([, seconds]) => seconds.length > 0);
    const perWeight = known.map(([name, seconds]) => recentMean(seconds) / plan[name].weight);
    return (perWeight[0] ?? 0) * plan[kind].weight;
  }

  return {
    done(kind) {
      const time = now();
      measured.get(kind)?.push(time - last);
      last = time;
      let spent = 0;
      let left = 0;
      for (const [name, { count }] of Object.entries(plan)) {
        const finished = measured.get(name)?.length ?? 0;
        spent += finished * pace(name);
        left += Math.max(0, count - finished) * pace(name);
      }
      furthest = Math.max(furthest, left === 0 ? 1 : spent / (spent + left));
      return { fraction: furthest, secondsRemaining: left };
    },
  };
}

/** Mean of the last five, the very first left out as soon as there are others. */
function recentMean(seconds: readonly number[]): number {
  const counted = seconds.slice(seconds.length > 1 ? 1 : 0).slice(-5);
  return counted.reduce((sum, value) => sum + value, 0) / counted.length;
}
