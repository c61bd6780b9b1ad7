import type { RandomSource, RgbImage } from '../../api.ts';
import type { Encoder } from '../../denoiser/network.ts';
import { rowOf } from '../../denoiser/rows.ts';
import { toPixels } from '../../image/pixels.ts';
import { normalGenerator } from '../../random/normal-generator.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';

/**
 * The latents of a picture, `[channels, h, w]`, scaled as the sampler knows them.
 * @param sampled whose noise chooses from the encoder's distribution; absent, its mean is taken.
 */
export async function encodePicture(
  image: RgbImage,
  encode: Encoder,
  latentScale: number,
  sampled?: SampledWith,
): Promise<Tensor> {
  return await encodePixels(toPixels(image), encode, latentScale, sampled);
}

type SampledWith = { readonly seed: number; readonly source: RandomSource };

/** The same for pixels `[1, 3, height, width]` in -1..1. */
export async function encodePixels(
  pixels: Tensor,
  encode: Encoder,
  latentScale: number,
  sampled?: SampledWith,
): Promise<Tensor> {
  const moments = rowOf(await encode(pixels), 0);
  const [both, height, width] = moments.shape;
  const size = moments.data.length / 2;
  const mean = moments.data.subarray(0, size);
  const logVariance = moments.data.subarray(size);
  const noise = sampled && normalGenerator(sampled.source, sampled.seed)(size);
  const values = mean.map((value, i) => {
    // Limits of the original, so that a wild variance gives no infinity.
    const deviation = noise ? Math.exp(0.5 * Math.min(20, Math.max(-30, logVariance[i]))) * noise[i] : 0;
    return latentScale * (value + deviation);
  });
  return tensor([both / 2, height, width], values);
}
