/** How a picture is shown: at its own size, or, where it is a miniature, as many whole times larger as fit. */
const miniature = 128;
const room = 512;

/** A whole number; 1 for pictures that are large enough to be looked at as they are. */
export function enlargementOf(width: number, height: number): number {
  const longest = Math.max(width, height);
  return longest > miniature ? 1 : Math.max(1, Math.floor(room / longest));
}
