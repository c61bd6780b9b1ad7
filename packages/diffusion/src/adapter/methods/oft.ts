import { sizeOf, tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { tensorOf } from '../layer.ts';
import type { LayerTensors, Method } from '../layer.ts';
import { flattened, inverse, map, product, transposed } from '../matrix.ts';

/**
 * Orthogonal fine-tuning (Qiu et al. 2023): the outputs of the layer, in blocks, are rotated. `oft_blocks` holds Q of
 * Cayley's form R = (I + Q - Q^T)(I - Q + Q^T)^-1, `oft_diag` (old LyCORIS) holds R itself. BOFT (Liu et al. 2024)
 * has a further axis: several rotations one after the other, of outputs that are far apart.
 */
export const oft: Method = {
  name: 'OFT',
  is: (tensors) => tensors.has('oft_blocks') || tensors.has('oft_diag'),
  read: (tensors) => {
    const { shape, data } = tensorOf(tensors, tensors.has('oft_blocks') ? 'oft_blocks' : 'oft_diag');
    const [count, size] = shape.slice(-3);
    const stages = shape.length === 4 ? shape[0] : 1;
    if (shape.length < 3 || shape.length > 4 || shape.at(-1) !== size) {
      throw new RangeError(`its blocks of ${shape.join('x')} are not square`);
    }
    const blocks = Array.from({ length: stages * count }, (_, i) =>
      tensor([size, size], data.subarray(i * size * size, (i + 1) * size * size)),
    );
    const outputs = count * size;
    if (stages > 1 && outputs % (2 ** stages * Math.floor(size / 2)) !== 0) {
      throw new RangeError(`its ${stages} stages do not fit ${outputs} outputs`);
    }
    const rotations = rotationsOf(tensors, blocks, outputs);
    const rescale = tensors.get('rescale')?.data;
    return {
      scale: 1,
      fits: (weight) =>
        weight.length > 1 && weight[0] === outputs && (rescale?.length ?? outputs) === outputs,
      delta: (base) => {
        let rotated = flattened(base);
        for (let stage = 0; stage < stages; stage++) {
          const own = rotations.slice(stage * count, (stage + 1) * count);
          rotated =
            shape.length === 4 ? butterfly(rotated, own, stage) : rotateBlocks(rotated, own.map(transposed));
        }
        const run = sizeOf(base.shape.slice(1));
        return rotated.data.map((value, i) => value * (rescale?.[Math.floor(i / run)] ?? 1) - base.data[i]);
      },
    };
  },
};

function rotationsOf(tensors: LayerTensors, blocks: readonly Tensor[], outputs: number): readonly Tensor[] {
  if (!tensors.has('oft_blocks')) return blocks;
  const skew = blocks.map((block) => {
    const mirrored = transposed(block);
    return map(block, (value, i) => value - mirrored.data[i]);
  });
  const constraint = (tensors.get('alpha')?.data[0] ?? 0) * outputs;
  const norm = Math.sqrt(skew.reduce((sum, { data }) => sum + data.reduce((own, q) => own + q * q, 0), 0));
  const shrink = constraint === 0 ? 1 : (Math.min(norm, constraint) + 1e-8) / (norm + 1e-8);
  return skew.map((block) => {
    const size = block.shape[0];
    const diagonal = (i: number): number => Number(i % (size + 1) === 0);
    return product(
      map(block, (q, i) => diagonal(i) + q * shrink),
      inverse(map(block, (q, i) => diagonal(i) - q * shrink)),
    );
  });
}

/** Each block of rows by its own matrix. */
function rotateBlocks(matrix: Tensor, rotations: readonly Tensor[]): Tensor {
  const size = rotations[0].shape[0];
  const run = size * matrix.shape[1];
  const data = new Float32Array(matrix.data.length);
  for (const [block, rotation] of rotations.entries()) {
    const part = tensor([size, matrix.shape[1]], matrix.data.subarray(block * run, (block + 1) * run));
    data.set(product(rotation, part).data, block * run);
  }
  return tensor(matrix.shape, data);
}

/** One stage of BOFT: rows that lie 2^stage half-blocks apart are brought together, rotated and put back. */
function butterfly(matrix: Tensor, rotations: readonly Tensor[], stage: number): Tensor {
  const reach = 2 ** stage * Math.floor(rotations[0].shape[0] / 2);
  const [height] = matrix.shape;
  const order = Array.from({ length: height }, (_, to) => {
    const group = Math.floor(to / (2 * reach)) * 2 * reach;
    const within = to % (2 * reach);
    return group + (within % 2) * reach + Math.floor(within / 2);
  });
  const rotated = rotateBlocks(permuted(matrix, order), rotations);
  const back: number[] = [];
  for (const [to, from] of order.entries()) back[from] = to;
  return permuted(rotated, back);
}

/** Row `to` of the result is row `order[to]` of the matrix. */
function permuted({ shape, data }: Tensor, order: readonly number[]): Tensor {
  const result = tensor(shape);
  for (const [to, from] of order.entries()) {
    result.data.set(data.subarray(from * shape[1], (from + 1) * shape[1]), to * shape[1]);
  }
  return result;
}
