/** One measurement in a process of its own; the request is the argument, the result is JSON on standard output. */
import { operationsOf } from '@bottega/graph';
import type { Operations } from '@bottega/graph';
import { openWeights } from '../../packages/diffusion/src/checkpoint/open-weights.ts';
import { shapesOf } from '../../packages/diffusion/src/checkpoint/weight-file.ts';
import { unetConfigOf } from '../../packages/diffusion/src/models/unet/config.ts';
import { unet } from '../../packages/diffusion/src/models/unet/unet.ts';
import { matrixRate } from '../../packages/diffusion/src/runtime/matrix-rate.ts';
import { openSession } from '../../packages/diffusion/src/runtime/session.ts';
import { warmUp } from '../../packages/diffusion/src/runtime/thread.ts';
import { physicalCores } from '../../packages/diffusion/src/runtime/threads.ts';
import { tensor } from '../../packages/diffusion/src/tensor.ts';
import type { Tensor } from '../../packages/diffusion/src/tensor.ts';

export type Measurement = {
  readonly threads: number;
  /** Seconds from the path to a session that is ready to run. */
  readonly load: number;
  /** Seconds of each evaluation after the first. */
  readonly seconds: readonly number[];
  /** Bytes resident at most, the mapped file included. */
  readonly peak: number;
  readonly operations: Operations;
};

const { task, file, mode, runs }: Readonly<Record<string, string>> = JSON.parse(process.argv[2]);
console.log(JSON.stringify(task === 'rate' ? { rate: await matrixRate() } : await measureUNet()));

async function measureUNet(): Promise<Measurement> {
  const start = performance.now();
  warmUp();
  const weights = await openWeights(file);
  const graph = unet(unetConfigOf(shapesOf(weights)));
  const session = await openSession(graph, weights, { mode: mode === 'fast' ? 'fast' : 'default' });
  const load = (performance.now() - start) / 1000;

  const feeds = {
    x: noise([1, 4, 64, 64]),
    timesteps: tensor([1], Float32Array.of(801)),
    context: noise([1, 77, 768]),
  };
  await session.run(feeds, 'out');
  const seconds: number[] = [];
  for (let i = 0; i < Number(runs); i++) {
    const before = performance.now();
    await session.run(feeds, 'out');
    seconds.push((performance.now() - before) / 1000);
  }
  return {
    threads: physicalCores(),
    load,
    seconds,
    peak: process.resourceUsage().maxRSS * 1024,
    operations: operationsOf(graph, { batch: 1, height: 64, width: 64, tokens: 77 }),
  };
}

function noise(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    shape,
    Float32Array.from({ length: size }, (_, i) => 1.7 * Math.sin(i * i)),
  );
}
