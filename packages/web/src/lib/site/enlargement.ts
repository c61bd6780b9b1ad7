/** How a picture is shown: at its own size, or, where it is small, as many whole times larger as fit. */
const small = 256;
const room = 512;
const crispFrom = 4;

/** A whole number; 1 for pictures that are large enough to be looked at as they are. */
export function enlargementOf(width: number, height: number): number {
  const longest = Math.max(width, height);
  return longest > small ? 1 : Math.max(1, Math.floor(room / longest));
}

/** Whether its pixels are shown as they are: smoothed that far, a miniature would be mostly blur. */
export function isMiniature(width: number, height: number): boolean {
  return enlargementOf(width, height) >= crispFrom;
}
