import type { RgbImage } from '../api.ts';
import { EngineError } from '../errors.ts';
import { lanczos } from '../image/filters.ts';
import { resample } from '../image/resample.ts';
import { requirePossible, requireWanted } from './limits.ts';
import type { UpscaleOptions, Upscaler } from './upscaler.ts';

/** A1111 gives up after as many. */
const mostPasses = 3;

/**
 * A picture `factor` times as large, as A1111 makes it: the upscaler is run until the picture is large enough, at
 * most three times, and Lanczos brings it to the size, whose sides are multiples of 8.
 * @param factor 0.05 to 64.
 * @throws EngineError 'request.invalid' for other factors and too large pictures, 'generation.cancelled'.
 * @example const large = await upscaleBy(upscaler, image, 2, { signal, onProgress });
 */
export async function upscaleBy(
  upscaler: Upscaler,
  image: RgbImage,
  factor: number,
  options: UpscaleOptions = {},
): Promise<RgbImage> {
  if (!(factor >= 0.05 && factor <= 64)) {
    throw new EngineError('request.invalid', { field: 'scale', reason: `must be 0.05 to 64, not ${factor}` });
  }
  const [width, height] = [image.width, image.height].map((side) =>
    Math.max(8, Math.floor(Math.trunc(side * factor) / 8) * 8),
  );
  requirePossible(width, height);
  const passes = expectedPasses(upscaler.scale, image, width, height);
  let large = image;
  for (let pass = 0; pass < mostPasses; pass++) {
    // At a factor of 1 once: some models do not enlarge, they clean.
    if (large.width >= width && large.height >= height && (pass > 0 || factor !== 1)) break;
    requireWanted(options.signal);
    const before = large;
    large = await upscaler.upscale(before, {
      factor,
      signal: options.signal,
      onProgress: (fraction) => options.onProgress?.(shareDone(pass, fraction, passes, upscaler.scale)),
    });
    if (large.width === before.width && large.height === before.height) break;
  }
  options.onProgress?.(1);
  return resample(large, width, height, lanczos);
}

/**
 * A picture in exactly this size, as A1111's hires fix and img2img make it: enlarged where it is too small in one
 * direction, then brought to the size by Lanczos, without regard to its shape.
 * @throws EngineError as `upscaleBy` does.
 */
export async function upscaleTo(
  upscaler: Upscaler,
  image: RgbImage,
  { width, height }: { readonly width: number; readonly height: number },
  options: UpscaleOptions = {},
): Promise<RgbImage> {
  requirePossible(width, height);
  const factor = Math.max(width / image.width, height / image.height);
  const large =
    factor > 1 && upscaler.name !== 'None' ? await upscaleBy(upscaler, image, factor, options) : image;
  return resample(large, width, height, lanczos);
}

function expectedPasses(scale: number, image: RgbImage, width: number, height: number): number {
  if (scale <= 1) return 1;
  const needed = Math.max(width / image.width, height / image.height);
  const passes = Array.from({ length: mostPasses }, (_, i) => i + 1);
  return passes.find((count) => scale ** count >= needed) ?? mostPasses;
}

/** Each pass takes as long as it has pixels. */
function shareDone(pass: number, fraction: number, passes: number, scale: number): number {
  const cost = (number: number): number => scale ** (2 * number);
  const costs = Array.from({ length: passes }, (_, i) => cost(i));
  const total = costs.reduce((sum, one) => sum + one, 0);
  const before = costs.slice(0, pass).reduce((sum, one) => sum + one, 0);
  return (before + fraction * costs[pass]) / total;
}
