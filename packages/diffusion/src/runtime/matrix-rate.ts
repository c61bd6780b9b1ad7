import { graphOf, input, project } from '@bottega/graph';
import { tensor } from '../tensor.ts';
import { openSession } from './session.ts';
import type { SessionOptions } from './session.ts';

/** Products of matrices, [rows, inner, columns], between a network's usual sizes and what a cache likes best. */
const sizes: readonly (readonly [number, number, number])[] = [
  [1024, 1024, 1024],
  [2048, 2048, 2048],
  [4096, 1280, 1280],
  [4096, 320, 2560],
];

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
  for (const [rows, inner, columns] of sizes) {
    const product = graphOf({
      product: project(input('a', 'f32', [rows, inner]), input('b', 'f32', [columns, inner])),
    });
    const session = await openSession(product, undefined, options);
    const feeds = { a: wave(rows, inner), b: wave(columns, inner) };
    const until = performance.now() + (seconds * 1000) / sizes.length;
    do {
      const start = performance.now();
      await session.run(feeds, 'product');
      best = Math.max(best, (2 * rows * inner * columns) / ((performance.now() - start) / 1000));
    } while (performance.now() < until);
    await session.dispose();
  }
  return best;
}

function wave(rows: number, columns: number) {
  return tensor(
    [rows, columns],
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i)),
  );
}
