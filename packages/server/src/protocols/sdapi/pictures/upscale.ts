/** A1111's extras with the upscalers that need no model. */
import type { sdapi } from '@bottega/contract';
import { loadSharp } from '../../../media/load-sharp.ts';
import { refusal, SdapiRefusal } from '../refusal.ts';

const kernels: Readonly<Record<string, 'lanczos3' | 'nearest' | undefined>> = {
  None: undefined,
  Lanczos: 'lanczos3',
  Nearest: 'nearest',
};

const largestSide = 16384;
const largestPixels = 2 ** 26;

/**
 * @param file A picture.
 * @returns a PNG; its sides are multiples of 8 unless it is cropped to a size. "None" leaves the picture as it is.
 * @throws SdapiRefusal for upscalers that are not installed and for too large results.
 */
export async function upscalePicture(file: Buffer, options: sdapi.ExtrasOptions): Promise<Buffer> {
  const first = await enlarge(file, options.upscaler_1, options);
  const share = options.extras_upscaler_2_visibility;
  if (share === 0 || options.upscaler_2 === 'None') return first;
  return blend(first, await enlarge(file, options.upscaler_2, options), share);
}

/** What A1111's page would show under the picture. */
export function describeUpscaling(options: sdapi.ExtrasOptions): string {
  if (options.upscaler_1 === 'None') return '<p></p>';
  const by = `Postprocess upscale by: ${options.upscaling_resize}`;
  const to = `Postprocess upscale to: ${options.upscaling_resize_w}x${options.upscaling_resize_h}`;
  return `<p>${options.resize_mode === 0 ? by : to}, Postprocess upscaler: ${options.upscaler_1}</p>`;
}

async function enlarge(file: Buffer, upscaler: string, options: sdapi.ExtrasOptions): Promise<Buffer> {
  if (!Object.hasOwn(kernels, upscaler)) throw notFound(upscaler);
  const kernel = kernels[upscaler];
  const sharp = await loadSharp();
  // Phones write pictures lying on their side and say so.
  const upright = sharp(file).autoOrient();
  if (kernel === undefined) return upright.png().toBuffer();
  const { autoOrient: from } = await upright.metadata();
  const wanted = { width: options.upscaling_resize_w, height: options.upscaling_resize_h };
  const factor =
    options.resize_mode === 0
      ? options.upscaling_resize
      : Math.max(wanted.width / from.width, wanted.height / from.height);
  const [width, height] = [from.width, from.height].map((side) =>
    Math.max(8, Math.floor((side * factor) / 8) * 8),
  );
  if (width > largestSide || height > largestSide || width * height > largestPixels) {
    throw refusal(422, `${width}x${height} pixels are too many`);
  }
  const large = upright.resize(width, height, { fit: 'fill', kernel });
  if (options.resize_mode === 0 || !options.upscaling_crop) return large.png().toBuffer();
  return sharp(await large.png().toBuffer())
    .resize(wanted.width, wanted.height, { fit: 'cover', kernel })
    .png()
    .toBuffer();
}

/** `share` of the second over the first; both have one size. */
async function blend(first: Buffer, second: Buffer, share: number): Promise<Buffer> {
  const sharp = await loadSharp();
  const [a, b] = await Promise.all(
    [first, second].map((file) => sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true })),
  );
  const mixed = a.data.map((value, index) => Math.round(value + (b.data[index] - value) * share));
  const { width, height, channels } = a.info;
  return sharp(mixed, { raw: { width, height, channels } }).png().toBuffer();
}

function notFound(name: string): SdapiRefusal {
  const errors = `could not find upscaler named ${name.slice(0, 200)}`;
  return new SdapiRefusal(500, { error: 'AssertionError', errors });
}
