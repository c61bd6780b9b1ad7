import { operationsOf } from '@bottega/graph';
import { openWeights } from '../../packages/diffusion/src/checkpoint/open-weights.ts';
import { shapesOf } from '../../packages/diffusion/src/checkpoint/weight-file.ts';
import { unetIntegers } from '../../packages/diffusion/src/int8/plan.ts';
import { unetConfigOf } from '../../packages/diffusion/src/models/unet/config.ts';
import { unet } from '../../packages/diffusion/src/models/unet/unet.ts';
import { mergingFeeds } from '../../packages/diffusion/src/runtime/merging-feeds.ts';
import { openNetwork } from '../../packages/diffusion/src/runtime/open-network.ts';
import { openSession } from '../../packages/diffusion/src/runtime/session.ts';
import { warmUp } from '../../packages/diffusion/src/runtime/thread.ts';
import { physicalCores } from '../../packages/diffusion/src/runtime/threads.ts';
import { tensor } from '../../packages/diffusion/src/tensor.ts';
import type { Request } from './measure.ts';
import { noise, peakBytes, signalToError, timed } from './measurement.ts';
import type { Measurement } from './measurement.ts';

type Wanted = Extract<Request, { readonly task: 'unet' }>;

/** Evaluations of one picture without its negative prompt. */
export async function measureUNet(wanted: Wanted): Promise<Measurement> {
  const { file, mode, runs, side, folder, merging = 0, forgets = false } = wanted;
  const start = performance.now();
  warmUp();
  const weights = await openWeights(file);
  const config = unetConfigOf(shapesOf(weights));
  const x = noise([1, config.inChannels, side, side]);
  const merged = mergingFeeds(config, x.shape, merging);
  const graph = unet(config, { merging: merged !== undefined });
  const open = forgets ? openSession : openNetwork;
  const session = await open(graph, weights, { mode, int8Folder: folder }, unetIntegers);
  const load = (performance.now() - start) / 1000;

  const plain = {
    x,
    timesteps: tensor([1], Float32Array.of(801)),
    context: noise([1, 77, config.contextWidth]),
    ...(config.vectorWidth > 0 && { vector: noise([1, config.vectorWidth]) }),
  };
  const feeds = { ...plain, ...merged };
  const floats = await session.run(feeds, 'out');
  if (mode === 'int8')
    for (let run = 1; run < unetIntegers.watchedRuns; run++) await session.run(feeds, 'out');
  const first = await session.run(feeds, 'out');
  const measured = {
    threads: physicalCores(),
    load,
    ...(await timed(runs, () => session.run(feeds, 'out'))),
    peak: peakBytes(),
    operations: operationsOf(unet(config), { batch: 1, height: side, width: side, tokens: 77 }),
  };
  await session.dispose();
  if (merged === undefined)
    return { ...measured, ...(mode === 'int8' && { quality: signalToError(first, floats) }) };
  const unmerged = await openNetwork(unet(config), weights, { mode: 'default' });
  return { ...measured, quality: signalToError(first, await unmerged.run(plain, 'out')) };
}
