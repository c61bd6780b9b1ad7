import type { GreyImage } from '../../image/channels.ts';

/** The largest (or smallest) of the pixels at some places around each, itself included; places outside do not count. */
export function extreme(
  { width, height, data }: GreyImage,
  places: readonly (readonly [across: number, down: number])[],
  wanted: 'largest' | 'smallest',
): GreyImage {
  const result = data.slice();
  const isLargest = wanted === 'largest';
  for (const [across, down] of places) {
    const shift = down * width + across;
    for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
      const end = y * width + Math.min(width, width - across);
      for (let i = y * width + Math.max(0, -across); i < end; i++) {
        const other = data[i + shift];
        if (isLargest ? other > result[i] : other < result[i]) result[i] = other;
      }
    }
  }
  return { width, height, data: result };
}

/** The eight around a pixel. */
export const around: readonly (readonly [number, number])[] = [-1, 0, 1].flatMap((down) =>
  [-1, 0, 1].map((across) => [across, down] as const),
);

/** The pixels that are no smaller than both neighbours in at least one of four directions; the others become black. */
export function ridges(image: GreyImage): GreyImage {
  const lines = [
    [-1, 0],
    [0, -1],
    [-1, -1],
    [1, -1],
  ].map(([across, down]) => extreme(image, [[across, down] as const, [-across, -down] as const], 'largest'));
  const { data } = image;
  return {
    ...image,
    data: data.map((value, i) => (lines.some((line) => line.data[i] === value) ? value : 0)),
  };
}
