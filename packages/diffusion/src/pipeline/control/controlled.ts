import type { RgbImage } from '../../api.ts';
import type { Network, NetworkInput } from '../../denoiser/network.ts';
import { rowOf, stackRows } from '../../denoiser/rows.ts';
import { hintFactor } from '../../models/control-net/config.ts';
import { fitMap } from '../../preprocessor/map/fit-map.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { regionOf } from './region.ts';
import type { ResolvedControl } from './resolve-controls.ts';

/** A ControlNet with the map that it follows. */
export type Control = ResolvedControl & {
  /** As the preprocessor made it; each pass fits it to its own size. */
  readonly map: RgbImage;
};

/** Of the first pass, in elements of the latents. */
type LatentSize = { readonly width: number; readonly height: number };

/** Lets a network hear ControlNets; `progress` tells how far its pass is, as a share of its steps. */
export type Listen = (network: Network, progress: () => number) => Network;

/** By how much a result of the UNet's first half counts less than the next coarser one. */
const decay = 0.825;
/** The place of the coarsest result, the middle's. */
const coarsest = 12;

/**
 * Networks with ControlNets: what these say is weighed, summed, and given to the UNet. Each is asked once an
 * evaluation and only about the rows that it speaks to; their pictures are looked at once for each size in a drawing.
 */
export function listenTo(controls: readonly Control[], size: LatentSize): Listen {
  if (controls.length === 0) return (network) => network;
  const guides = controls.map(guideCache);
  const regions = controls.map(({ mask, resizeMode }) => mask && regionOf(mask, resizeMode));
  return (network, progress) => async (input) => {
    const [, , height, width] = input.x.shape;
    const isLargePass = width !== size.width || height !== size.height;
    const share = progress();
    let said: readonly Tensor[] | undefined;
    for (const [i, control] of controls.entries()) {
      const isAsked = share >= control.start && share <= control.end && takesPart(control, isLargePass);
      const rows = isAsked ? rowsFor(control, input) : [];
      if (rows.length === 0) continue;
      const guide = await guides[i](width, height);
      const whole = await control.networks.evaluate(ofRows(input, rows), guide);
      const region = regions[i]?.(width, height);
      const own = region === undefined ? whole : whole.map(region);
      const weights = weightsOf(control, own.length, isLargePass);
      said = plus(said ?? own.map((part) => blank(part, input.x.shape[0])), own, rows, weights);
    }
    return network(said === undefined ? input : { ...input, controls: said });
  };
}

/** Whether a control speaks in this pass. */
export function takesPart({ passes }: Control, isLargePass: boolean): boolean {
  return passes === 'both' || passes === (isLargePass ? 'second' : 'first');
}

/** The rows of a batch that a control speaks to. */
function rowsFor({ mode, weight }: Control, { x, isPositive }: NetworkInput): readonly number[] {
  if (weight === 0) return [];
  const all = Array.from({ length: x.shape[0] }, (_, row) => row);
  return mode === 'control' ? all.filter((row) => isPositive?.[row] ?? true) : all;
}

/** The UNet's input as a ControlNet takes it: some rows, and of x only the noisy picture. */
function ofRows({ x, timesteps, context, vector }: NetworkInput, rows: readonly number[]): NetworkInput {
  const channels = 4;
  const picked = (batch: Tensor): Tensor => stackRows(rows.map((row) => rowOf(batch, row)));
  const noisy = rows.map((row) => {
    const { shape, data } = rowOf(x, row);
    const area = shape[1] * shape[2];
    return tensor([channels, shape[1], shape[2]], data.subarray(0, channels * area));
  });
  return {
    x: stackRows(noisy),
    timesteps: Float32Array.from(rows, (row) => timesteps[row]),
    context: picked(context),
    ...(vector && { vector: picked(vector) }),
  };
}

/** Weights by result, from the finest; the middle's is the last. */
function weightsOf(
  { mode, weight, preprocessor }: Control,
  count: number,
  isLargePass: boolean,
): readonly number[] {
  const isSoft = mode !== 'balanced' || (isLargePass && preprocessor.softensLargePass === true);
  return Array.from({ length: count }, (_, i) => weight * (isSoft ? decay ** (coarsest - i) : 1));
}

function blank({ shape: [, ...rest] }: Tensor, rows: number): Tensor {
  return tensor([rows, ...rest]);
}

/** Adds weighed results to the rows that they belong to, in place: nobody else holds the sums. */
function plus(
  sums: readonly Tensor[],
  parts: readonly Tensor[],
  rows: readonly number[],
  weights: readonly number[],
): readonly Tensor[] {
  parts.forEach((part, i) => {
    rows.forEach((row, place) => {
      const sum = rowOf(sums[i], row).data;
      rowOf(part, place).data.forEach((value, at) => (sum[at] += weights[i] * value));
    });
  });
  return sums;
}

/** What a ControlNet sees of its map at a size of latents, looked at when first asked for. */
function guideCache({
  map,
  resizeMode,
  networks,
}: Control): (width: number, height: number) => Promise<Tensor> {
  const known = new Map<string, Promise<Tensor>>();
  return (width, height) => {
    const key = `${width}x${height}`;
    const guide =
      known.get(key) ??
      networks.encodeHint(hintOf(fitMap(map, resizeMode, width * hintFactor, height * hintFactor)));
    known.set(key, guide);
    return guide;
  };
}

/** `[1, 3, height, width]` in 0..1 */
function hintOf({ width, height, data }: RgbImage): Tensor {
  const area = width * height;
  const hint = tensor([1, 3, height, width]);
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) {
      hint.data[channel * area + i] = Math.fround(data[3 * i + channel] / 255);
    }
  }
  return hint;
}
