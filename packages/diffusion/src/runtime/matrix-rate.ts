import { graphOf, input, multiply, project } from '@bottega/graph';
import type { Graph } from '@bottega/graph';
import { tensor } from '../tensor.ts';
import { openSession } from './session.ts';
import type { SessionOptions } from './session.ts';

/** Rows and width of what is multiplied, between a network's usual sizes and what a cache likes best. */
const sizes: readonly (readonly [number, number])[] = [
  [1024, 1024],
  [2048, 2048],
  [4096, 1280],
];

/** Products in one run, so that what surrounds them does not count. */
const products = 8;

/**
 * The machine's best rate at float32 matrix products through the runtime, in operations a second (a multiplication
 * and an addition count as two). No network can be faster than its operations over this rate.
 * @param seconds how long to measure, at least; default 2.
 */
export async function matrixRate(
  options: SessionOptions & { readonly seconds?: number } = {},
): Promise<number> {
  const { seconds = 2 } = options;
  let best = 0;
  for (const [rows, width] of sizes) {
    const session = await openSession(chain(rows, width), undefined, options);
    const feeds = { rows: wave([rows, 1]), columns: wave([width, 1]), shares: wave([1, width], width) };
    const until = performance.now() + (seconds * 1000) / sizes.length;
    do {
      const start = performance.now();
      await session.run(feeds, 'sums');
      best = Math.max(best, (products * 2 * rows * width ** 2) / ((performance.now() - start) / 1000));
    } while (performance.now() < until);
    await session.dispose();
  }
  return best;
}

/** One matrix multiplied by another again and again; matrices are made within, so that only vectors are passed. */
function chain(rows: number, width: number): Graph {
  const shares = input('shares', 'f32', [1, width]);
  const matrix = multiply(input('columns', 'f32', [width, 1]), shares);
  let result = multiply(input('rows', 'f32', [rows, 1]), shares);
  for (let i = 0; i < products; i++) result = project(result, matrix);
  return graphOf({ sums: project(result, shares) });
}

function wave(shape: readonly number[], divisor = 1) {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    shape,
    Float32Array.from({ length: size }, (_, i) => (1.1 + Math.sin(i)) / divisor),
  );
}
