import type { RgbImage } from '../api.ts';
import { cropMiddle } from '../image/crop.ts';
import { lanczos } from '../image/filters.ts';
import { resample } from '../image/resample.ts';
import { EngineError } from '../errors.ts';
import { pythonFloat } from '../infotext/python-float.ts';
import { openUpscaler } from './open-upscaler.ts';
import type { OpenUpscalerOptions } from './open-upscaler.ts';
import { upscaleBy } from './upscale-by.ts';
import type { UpscaleOptions, Upscaler } from './upscaler.ts';

/** What is to become of pictures; A1111's "extras". */
export type EnlargeRequest = {
  /** A name that `listUpscalers` gives; "None" leaves pictures as they are. */
  readonly upscaler: string;
  /** Mixed in by this share, 0 to 1. */
  readonly second?: { readonly upscaler: string; readonly share: number };
  /** By a factor of 0.05 to 64, to multiples of 8, or so that a size is covered. */
  readonly to:
    | { readonly scale: number }
    | {
        readonly width: number;
        readonly height: number;
        /** Cuts off what sticks out; else the picture becomes larger than asked for in one direction. */
        readonly crop: boolean;
      };
};

export type Enlarged = {
  readonly image: RgbImage;
  /** What was done, in the words that A1111 puts into the picture. */
  readonly notes: readonly (readonly [key: string, value: string])[];
};

/** Enlarges one picture after the other; release it with `await enlarger.dispose()` or `await using`. */
export type Enlarger = AsyncDisposable & {
  /** @throws EngineError as `upscaleBy` does. */
  enlarge(image: RgbImage, options?: UpscaleOptions): Promise<Enlarged>;
  dispose(): Promise<void>;
};

/**
 * Opens the upscalers of a request.
 * @throws EngineError 'request.invalid', 'checkpoint.*'.
 * @example
 *   await using enlarger = await openEnlarger({ upscaler: 'Lanczos', to: { scale: 2 } });
 *   const { image } = await enlarger.enlarge(small);
 */
export async function openEnlarger(
  request: EnlargeRequest,
  options: OpenUpscalerOptions = {},
): Promise<Enlarger> {
  const { upscaler, second, to } = request;
  const share = second?.share ?? 0;
  if (!(share >= 0 && share <= 1)) {
    throw new EngineError('request.invalid', {
      field: 'second.share',
      reason: `must be 0 to 1, not ${share}`,
    });
  }
  const first = await openUpscaler(upscaler, options);
  const isMixed = second !== undefined && share > 0 && !isNone(second.upscaler) && !isNone(upscaler);
  const other = isMixed ? await openUpscaler(second.upscaler, options) : undefined;
  const dispose = async (): Promise<void> => {
    await first.dispose();
    await other?.dispose();
  };
  return {
    enlarge: async (image, { signal, onProgress } = {}) => {
      if (isNone(first.name)) return { image, notes: [] };
      const part = (from: number, length: number): UpscaleOptions => ({
        signal,
        onProgress: (fraction) => onProgress?.(from + fraction * length),
      });
      const half = other === undefined ? 1 : 0.5;
      const large = await enlargeWith(first, image, to, part(0, half));
      const mixed =
        other === undefined
          ? large
          : blended(large, await enlargeWith(other, image, to, part(half, half)), share);
      return { image: mixed, notes: notesOf(to, first, other) };
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

function isNone(name: string): boolean {
  return name.toLowerCase() === 'none';
}

async function enlargeWith(
  upscaler: Upscaler,
  image: RgbImage,
  to: EnlargeRequest['to'],
  options: UpscaleOptions,
): Promise<RgbImage> {
  if ('scale' in to) return await upscaleBy(upscaler, image, to.scale, options);
  const { width, height, crop } = to;
  const factor = Math.max(width / image.width, height / image.height);
  const large = await upscaleBy(upscaler, image, factor, options);
  if (!crop) return large;
  // Sides are multiples of 8 and may therefore lack a few pixels, where A1111 leaves black lines.
  const covering = resample(large, Math.max(width, large.width), Math.max(height, large.height), lanczos);
  return cropMiddle(covering, width, height);
}

/** Pillow's `Image.blend`, which cuts off fractions. */
function blended(first: RgbImage, second: RgbImage, share: number): RgbImage {
  const alpha = Math.fround(share);
  const data = first.data.map((value, i) =>
    Math.trunc(Math.fround(value + Math.fround(alpha * (second.data[i] - value)))),
  );
  return { ...first, data };
}

function notesOf(to: EnlargeRequest['to'], first: Upscaler, other: Upscaler | undefined): Enlarged['notes'] {
  const size = 'scale' in to ? '' : `${to.width}x${to.height}`;
  return [
    'scale' in to ? ['Postprocess upscale by', pythonFloat(to.scale)] : ['Postprocess upscale to', size],
    ...('crop' in to && to.crop ? [['Postprocess crop to', size] as const] : []),
    ['Postprocess upscaler', first.title],
    ...(other === undefined ? [] : [['Postprocess upscaler 2', other.title] as const]),
  ];
}
