import type { RgbImage } from '../../api.ts';
import type { Network, NetworkInput } from '../../denoiser/network.ts';
import { rowOf } from '../../denoiser/rows.ts';
import { roundHalfToEven } from '../../image/opencv/area.ts';
import { hintFactor } from '../../models/control-net/config.ts';
import { fitMap } from '../../preprocessor/map/fit-map.ts';
import type { ColourKeeping } from '../../preprocessor/preprocessor.ts';
import type { ModelNoise } from '../../sampler/plan.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { takesPart } from './controlled.ts';
import type { Control } from './controlled.ts';

/** Of the first pass, in elements of the latents. */
type LatentSize = { readonly width: number; readonly height: number };
type Noise = Pick<ModelNoise, 'alphasCumprod' | 'prediction'>;

/** Latents of a picture `[channels, h, w]`, as the sampler knows them. */
export type EncodeMap = (image: RgbImage) => Promise<Tensor>;

/** By how much `Sharpness` 1 blurs what the negative prompt gives. */
const blurShare = 0.01;

/**
 * Networks whose answers keep the colours of pictures (the extension's "tile_colorfix"): of what each row would be
 * without noise, everything coarser than a radius is exchanged for the picture's. As in the extension this goes on
 * through all steps and both passes, whenever the ControlNet itself speaks; in a second pass the radius is twice as
 * large.
 */
export function keepColours(
  controls: readonly Control[],
  size: LatentSize,
  encode: EncodeMap,
): (network: Network, noise: Noise) => Network {
  const keepers = controls.flatMap((control) => keeperOf(control, encode) ?? []);
  if (keepers.length === 0) return (network) => network;
  return (network, noise) => async (input) => {
    const answer = await network(input);
    const [, , height, width] = input.x.shape;
    const isLargePass = width !== size.width || height !== size.height;
    let kept = answer;
    for (const { control, keeping, latents } of keepers) {
      const coarse = isLargePass && takesPart(control, isLargePass) ? 2 : 1;
      const wanted = { ...keeping, radius: keeping.radius * coarse, share: Math.min(1, control.weight) };
      kept = exchanged(kept, input, await latents(width, height), wanted, noise);
    }
    return kept;
  };
}

/** A control that keeps colours, with its picture's latents by size. */
function keeperOf(control: Control, encode: EncodeMap) {
  const { preprocessor, map, resizeMode } = control;
  const keeping = preprocessor.keepsColours?.(control);
  if (keeping === undefined) return undefined;
  const known = new Map<string, Promise<Tensor>>();
  const latents = (width: number, height: number): Promise<Tensor> => {
    const key = `${width}x${height}`;
    const own = known.get(key) ?? encode(fitMap(map, resizeMode, width * hintFactor, height * hintFactor));
    known.set(key, own);
    return own;
  };
  return { control, keeping, latents };
}

type Wanted = ColourKeeping & { readonly share: number };

function exchanged(
  answers: Tensor,
  { x, timesteps, isPositive }: NetworkInput,
  colours: Tensor,
  { radius, sharpness, share }: Wanted,
  { alphasCumprod, prediction }: Noise,
): Tensor {
  const [rows, ...shape] = answers.shape;
  const [, height, width] = shape;
  const area = { width, height };
  const wanted = blurred(colours.data, area, radius);
  const result = tensor(answers.shape, answers.data.slice());
  for (let row = 0; row < rows; row++) {
    const last = alphasCumprod.length - 1;
    const alpha = alphasCumprod[Math.min(last, Math.max(0, roundHalfToEven(timesteps[row])))];
    const [signal, noise] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
    const answer = rowOf(result, row).data;
    // Inpainting models see more channels than they answer.
    const noisy = rowOf(x, row).data.subarray(0, answer.length);
    const clean = answer.map((value, i) =>
      prediction === 'v' ? signal * noisy[i] - noise * value : (noisy[i] - noise * value) / signal,
    );
    const own = blurred(clean, area, radius);
    const coloured = clean.map((value, i) => value - own[i] + wanted[i]);
    const isSoftened = sharpness > 0 && !(isPositive?.[row] ?? true);
    const soft = isSoftened ? blurred(coloured, area, radius) : coloured;
    const blur = sharpness * blurShare;
    answer.forEach((value, i) => {
      const goal = coloured[i] + blur * (soft[i] - coloured[i]);
      const said =
        prediction === 'v' ? (signal * noisy[i] - goal) / noise : (noisy[i] - signal * goal) / noise;
      answer[i] = share * said + (1 - share) * value;
    });
  }
  return result;
}

/** Means of squares of `2 radius + 1`, plane by plane; edges are drawn out. */
function blurred(
  data: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
  radius: number,
): Float32Array {
  const across = Float64Array.from(data);
  for (let start = 0; start < data.length; start += width)
    meanLine(across, { start, step: 1, count: width }, radius);
  for (let plane = 0; plane < data.length; plane += width * height) {
    for (let x = 0; x < width; x++)
      meanLine(across, { start: plane + x, step: width, count: height }, radius);
  }
  return Float32Array.from(across);
}

type Line = { readonly start: number; readonly step: number; readonly count: number };

/** In place, by a sum that moves along. */
function meanLine(data: Float64Array, { start, step, count }: Line, radius: number): void {
  const line = Array.from({ length: count }, (_, i) => data[start + i * step]);
  const at = (i: number): number => line[Math.min(count - 1, Math.max(0, i))];
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += at(i);
  for (let i = 0; i < count; i++) {
    data[start + i * step] = sum / (2 * radius + 1);
    sum += at(i + radius + 1) - at(i - radius);
  }
}
