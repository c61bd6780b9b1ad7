/** When a screen reader hears about progress: at quarters, and not more often than every ten seconds. */
export type Announced = { readonly id: string; readonly quarter: number; readonly at: number };

const pause = 10_000;

/**
 * @param last The last announcement, if any.
 * @param fraction 0 to 1 of generation `id`.
 * @param now Milliseconds.
 * @returns What was announced now, or `undefined` where silence is better.
 */
export function progressAnnouncement(
  last: Announced | undefined,
  id: string,
  fraction: number,
  now: number,
): Announced | undefined {
  const quarter = Math.min(3, Math.floor(fraction * 4));
  if (quarter === 0) return undefined;
  if (last?.id === id && (quarter <= last.quarter || now - last.at < pause)) return undefined;
  return { id, quarter, at: now };
}
