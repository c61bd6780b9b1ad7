import type { Tensor } from '../tensor.ts';
import { flattened, product } from './matrix.ts';
import { tucker } from './tucker.ts';

/** A weight that is kept as factors, because it is far larger than they are. */
export type LowRank = {
  /** Of the whole weight: [outputs, inputs], or [outputs, inputs, height, width] with a core. */
  readonly shape: readonly number[];
  readonly make: () => Tensor;
};

/**
 * LyCORIS' two forms: A B with A [outputs, rank] and B [rank, inputs ...], or with a core [rank, rank, y, x] between
 * A [rank, outputs] and B [rank, inputs].
 * @throws RangeError where the factors do not fit each other.
 */
export function lowRank(a: Tensor, b: Tensor, core?: Tensor): LowRank {
  const [left, right] = [flattened(a), flattened(b)];
  const ranks = core === undefined ? [right.shape[0], right.shape[0]] : core.shape;
  const [outputs, outerRank] = core === undefined ? left.shape : left.shape.toReversed();
  if (outerRank !== ranks[0] || right.shape[0] !== ranks[1] || (core?.shape.length ?? 4) !== 4) {
    throw new RangeError(
      `its factors of ${a.shape.join('x')} and ${b.shape.join('x')} do not fit each other`,
    );
  }
  return {
    shape: [outputs, right.shape[1], ...(core?.shape.slice(2) ?? [])],
    make: () => (core === undefined ? product(left, right) : tucker(core, left, right)),
  };
}
