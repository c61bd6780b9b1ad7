import { blend } from '../../denoiser/mask.ts';
import type { Encoder } from '../../denoiser/network.ts';
import { rowOf, stackRows } from '../../denoiser/rows.ts';
import type { GreyImage } from '../../image/channels.ts';
import { bicubic } from '../../image/filters.ts';
import { resample } from '../../image/resample.ts';
import { imageNoise } from '../../random/image-noise.ts';
import type { SampleInput } from '../../sampler/sample.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { bilinear, resizeLatents } from '../latents/resize-latents.ts';
import type { JobStart } from '../prepare-job.ts';
import type { ResolvedRequest } from '../resolve-request.ts';
import { ofRow } from './canvas.ts';
import { encodePicture } from './encode-picture.ts';

type Picture = NonNullable<SampleInput['picture']>;

/** Encodes what a drawing starts from, once, and gives each batch its start. */
export async function pictureLatents(
  { picture, canvas }: JobStart,
  request: ResolvedRequest,
  encode: Encoder,
  { latentScale, latentFactor }: { readonly latentScale: number; readonly latentFactor: number },
): Promise<(first: number) => Picture> {
  const { strength, encoderSeed } = picture;
  const { batchSize, randomSource: source, drawn } = request;
  const [height, width] = [drawn.height / latentFactor, drawn.width / latentFactor];
  const sampled = encoderSeed === undefined ? undefined : { seed: encoderSeed, source };
  const encoded: Tensor[] = [];
  for (const input of canvas.inputs) {
    const latents = await encodePicture(input, encode, latentScale, sampled);
    encoded.push(resizeLatents(latents, height, width, bilinear));
  }
  const content = canvas.mask && picture.mask?.content;
  const mask = canvas.mask && (canvas.latentMask ?? canvas.mask);
  const keep = mask && keepOf(mask, picture.mask?.round ?? true, height, width);
  const startOf = (latents: Tensor, index: number): Tensor => {
    if (keep === undefined || content === 'original' || content === 'fill') return latents;
    const shape = [latents.shape[0], height, width] as const;
    const { seed } = request.pictures[index];
    const anew =
      content === 'latent noise' ? rowOf(imageNoise({ source, shape, seeds: [seed] })(), 0) : tensor(shape);
    return blend(anew, { keep, original: latents });
  };
  return (first) => ({
    strength,
    keep,
    soft: keep && picture.mask?.soft,
    latents: stackRows(
      Array.from({ length: batchSize }, (_, row) => startOf(ofRow(encoded, row), first + row)),
    ),
  });
}

/** `[h, w]`: how much of each element stays. */
function keepOf(mask: GreyImage, isRounded: boolean, height: number, width: number): Tensor {
  const { data } = resample(mask, width, height, bicubic);
  const anew = Float32Array.from(data, (value) => (isRounded ? Math.round(value / 255) : value / 255));
  return tensor(
    [height, width],
    anew.map((share) => 1 - share),
  );
}
