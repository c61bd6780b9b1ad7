import type { Filter } from '../image/filters.ts';
import { lanczos } from '../image/filters.ts';
import { nearest } from '../image/nearest.ts';
import { resample } from '../image/resample.ts';
import { requirePossible, requireWanted } from './limits.ts';
import type { Upscaler } from './upscaler.ts';

type Resize = (
  image: Parameters<typeof resample>[0],
  width: number,
  height: number,
) => ReturnType<typeof resample>;

/** What needs no network, by name: A1111's three, bit for bit those of Pillow. */
const resizers: Readonly<Record<string, Resize>> = {
  None: (image) => image,
  Lanczos: by(lanczos),
  Nearest: nearest,
};

/** "None" leaves a picture as it is. */
export const resizerNames: readonly string[] = Object.keys(resizers);

/** What A1111 lists as the scale of an upscaler that has none. */
export const nominalScale = 4;

export function resizingUpscaler(name: string): Upscaler | undefined {
  if (!Object.hasOwn(resizers, name)) return undefined;
  const resize = resizers[name];
  return {
    name,
    title: name,
    scale: nominalScale,
    upscale: async (image, { factor = nominalScale, signal } = {}) => {
      const [width, height] = [image.width, image.height].map((side) =>
        Math.max(1, Math.trunc(side * factor)),
      );
      if (name !== 'None') requirePossible(width, height);
      requireWanted(signal);
      return resize(image, width, height);
    },
    dispose: nothing,
    [Symbol.asyncDispose]: nothing,
  };
}

function by(filter: Filter): Resize {
  return (image, width, height) => resample(image, width, height, filter);
}

async function nothing(): Promise<void> {}
