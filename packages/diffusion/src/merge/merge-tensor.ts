import { widthOf } from '../checkpoint/element-width.ts';
import { toFloat32 } from '../checkpoint/to-float32.ts';
import type { StoredTensor } from '../checkpoint/weight-file.ts';
import { sizeOf } from '../tensor.ts';
import { addDifference, weightedSum } from './formulas.ts';
import type { Operand } from './formulas.ts';
import { formatOf, toBytes } from './number-formats.ts';
import { isWider } from './plan.ts';
import type { MergePlan, TensorPlan } from './plan.ts';
import type { TensorSource } from './tensor-source.ts';

export type Sources = {
  readonly a: TensorSource;
  readonly b?: TensorSource;
  readonly c?: TensorSource;
  readonly vae?: TensorSource;
};

/** Elements that are in memory at once, of each model. */
const pieceOf = 2 ** 20;

/** The bytes of one tensor of the result, piece by piece. */
export async function* mergedBytes(
  { method, ratio }: MergePlan,
  tensor: TensorPlan,
  sources: Sources,
): AsyncGenerator<Uint8Array> {
  const { a, b, c, type } = tensor;
  const from = sources[tensor.from] ?? sources.a;
  const combine = (x: Operand, y: Operand, z: Operand | undefined): Operand =>
    method === 'weighted-sum' ? weightedSum(x, y, ratio) : addDifference(x, y, z, ratio);

  for (const { start, count, other } of piecesOf(tensor)) {
    if (b === undefined || sources.b === undefined || other === undefined) {
      const raw = await from.read(a, start * widthOf(a.type), count * widthOf(a.type));
      yield a.type === type ? raw : toBytes(formatOf(type), toFloat32(raw, a.type));
      continue;
    }
    const merged = combine(
      await operand(from, a, start, count),
      await operand(sources.b, b, other, count),
      c === undefined || sources.c === undefined ? undefined : await operand(sources.c, c, other, count),
    );
    yield toBytes(formatOf(type), merged.values);
  }
}

type Piece = {
  /** Elements, from the beginning of the tensor of `a`. */
  readonly start: number;
  readonly count: number;
  /** Where the elements of `b` that belong to them begin; undefined for those that `a` alone has. */
  readonly other: number | undefined;
};

/** Even an empty tensor has one. */
function* piecesOf({ shape, a, b }: TensorPlan): Generator<Piece> {
  if (b !== undefined && isWider(a, b)) {
    const area = shape[2] * shape[3];
    for (let out = 0; out < shape[0]; out++) {
      const start = out * shape[1] * area;
      yield { start, count: b.shape[1] * area, other: out * b.shape[1] * area };
      yield {
        start: start + b.shape[1] * area,
        count: (shape[1] - b.shape[1]) * area,
        other: undefined,
      };
    }
    return;
  }
  const total = sizeOf(shape);
  for (let start = 0; start < total; start += pieceOf) {
    yield { start, count: Math.min(pieceOf, total - start), other: b === undefined ? undefined : start };
  }
}

async function operand(
  source: TensorSource,
  tensor: StoredTensor,
  start: number,
  count: number,
): Promise<Operand> {
  const width = widthOf(tensor.type);
  const bytes = await source.read(tensor, start * width, count * width);
  return { values: toFloat32(bytes, tensor.type), format: formatOf(tensor.type) };
}
