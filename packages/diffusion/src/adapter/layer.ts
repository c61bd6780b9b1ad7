import type { StoredTensor } from '../checkpoint/weight-file.ts';
import type { Tensor } from '../tensor.ts';

/** The tensors of an adapter for one layer, by the ends of their names: "lora_up.weight", "alpha". */
export type LayerTensors = ReadonlyMap<string, Tensor>;

/** What an adapter makes of one layer, as far as its method says; scales and strengths come after it. */
export type LayerChange = {
  /** alpha / rank, as the method counts it. */
  readonly scale: number;
  /** Whether the layer's weight may have this shape. */
  readonly fits: (shape: readonly number[]) => boolean;
  /**
   * What is added to the weight at strength 1, before the scale: in the weight's own order.
   * @param rank only the first so many ranks count (A1111's `dyn`); methods without ranks ignore it.
   */
  readonly delta: (base: Tensor, rank?: number) => Float32Array;
  /** What is added to the bias at strength 1; the scale does not touch it. */
  readonly bias?: Float32Array;
};

/**
 * A change of low rank as its factors lie in the adapter's file: the layer's input goes through `down`, through `mid`
 * where there is one, and through `up`, beside the layer itself.
 */
export type Factors = {
  /** [rank, inputs, height, width] of the kernel, or [rank, inputs] where `mid` has the kernel; flattened at will. */
  readonly down: StoredTensor;
  /** [outer rank, rank, height, width] of the kernel. */
  readonly mid?: StoredTensor;
  /** [outputs, rank]. */
  readonly up: StoredTensor;
};

/** One way to write a change down. */
export type Method = {
  readonly name: string;
  /** Whether tensors of these names are written this way. */
  readonly is: (names: Pick<ReadonlySet<string>, 'has'>) => boolean;
  /** @throws RangeError where the tensors do not fit each other. */
  readonly read: (tensors: LayerTensors) => LayerChange;
  /** The factors, where the whole change is their product; only for tensors that `read` has accepted. */
  readonly factors?: (stored: ReadonlyMap<string, StoredTensor>) => Factors | undefined;
};

/** @throws RangeError where it is missing. */
export function tensorOf(tensors: LayerTensors, name: string): Tensor {
  const found = tensors.get(name);
  if (found === undefined) throw new RangeError(`it lacks ${name}`);
  return found;
}

/** `scale` where the layer has one, else alpha / rank, and 1 where either is unknown. */
export function scaleOf(tensors: LayerTensors, rank?: number): number {
  const [scale, alpha] = ['scale', 'alpha'].map((name) => tensors.get(name)?.data[0]);
  if (scale !== undefined) return scale;
  return alpha === undefined || rank === undefined ? 1 : alpha / rank;
}
