import {
  add,
  convolvedLike,
  floats,
  gather,
  input,
  integers,
  mixed,
  multiply,
  padded,
  project,
  weight,
} from '@bottega/graph';
import type { Value } from '@bottega/graph';
import type { StoredTensor } from '../checkpoint/weight-file.ts';
import { sizeOf } from '../tensor.ts';
import type { Factors } from './layer.ts';
import { rowsUpTo } from './matrix.ts';

/** A change of low rank beside the layer that it changes, so that the layer's own weight stays as it is. */
export type Branch = {
  /** The layer's weight, as the checkpoint calls it. */
  readonly weight: string;
  readonly factors: Factors;
  /** It adds to these of the layer's outputs alone, up to the second. */
  readonly rows?: readonly [number, number];
  /** Only the first so many ranks count. */
  readonly rank?: number;
};

const sides = ['down', 'mid', 'up'] as const;

/** What a branch's factors are called in a graph: no checkpoint has such names. */
const factorName = (number: number, side: (typeof sides)[number]): string => `adapter ${number} ${side}`;

/** The factors of branches by their names in a graph; a branch is known by its number in the list. */
export function branchTensors(branches: readonly Branch[]): ReadonlyMap<string, StoredTensor> {
  return new Map(
    branches.flatMap(({ factors }, number) =>
      sides.flatMap((side) => {
        const stored = factors[side];
        return stored === undefined ? [] : [[factorName(number, side), stored] as const];
      }),
    ),
  );
}

/** The strengths of all branches of a graph, times their scales: an input, so that they may change at no cost. */
export function strengthsInput(count: number): Value {
  return input('strengths', 'f32', [count]);
}

/**
 * A layer's result with what a branch adds: `y + strength * up(down(x))` (Hu et al. 2021).
 * @param layer the result of a matrix product or a convolution.
 * @param sum that result, with what other branches have added.
 * @param strengths see `strengthsInput`.
 */
export function withBranch(
  layer: Value,
  sum: Value,
  branch: Branch,
  number: number,
  strengths: Value,
): Value {
  const [x, own] = layer.source.kind === 'node' ? layer.source.node.inputs : [];
  if (x === undefined || own === undefined) throw new RangeError(`${branch.weight} is used by no layer`);
  const [outputs, inputs, ...kernel] = own.shape as readonly number[];
  const { factors, rows } = branch;
  const factor = (side: (typeof sides)[number], shape: readonly number[]): Value =>
    weight(factorName(number, side), shape, factors[side]?.shape);
  const rank = factors.down.shape[0];
  const outer = factors.mid?.shape[0] ?? rank;
  const scale = scaleOf(branch, number, strengths, kernel.length);
  if (kernel.length > 0) {
    const inner =
      factors.mid === undefined
        ? convolvedLike(layer, x, factor('down', [rank, inputs, ...kernel]))
        : convolvedLike(
            layer,
            mixed(x, factor('down', [rank, inputs, 1, 1])),
            factor('mid', [outer, rank, ...kernel]),
          );
    return add(sum, mixed(multiply(inner, scale), factor('up', [outputs, outer, 1, 1])));
  }
  const down = project(x, factor('down', [rank, inputs]));
  const inner = factors.mid === undefined ? down : project(down, factor('mid', [outer, rank]));
  const [first, end] = rows ?? [0, outputs];
  const up = project(multiply(inner, scale), factor('up', [end - first, outer]));
  return add(sum, rows === undefined ? up : padded(up, first, outputs - end));
}

/** The strength, as one number or as one for each rank, where only some of them count. */
function scaleOf({ factors, rank }: Branch, number: number, strengths: Value, axesBehind: number): Value {
  const strength = gather(strengths, integers([number]));
  // A1111 heeds the number of ranks in the plain form alone.
  if (rank === undefined || factors.mid !== undefined) return strength;
  const ranks = factors.down.shape[0];
  const counted = rowsUpTo(rank, ranks);
  const isCounted = Array.from({ length: ranks }, (_, i) => Number(i < counted));
  return multiply(strength, floats(isCounted, [ranks, ...Array<number>(axesBehind).fill(1)]));
}

/** Whether a layer is quicker with branches of so many ranks in all than the time that changing its weight takes. */
export function isWorthBranching(outputs: number, inputs: readonly number[], ranks: number): boolean {
  return 4 * ranks <= Math.min(outputs, sizeOf(inputs));
}
