import { operationsOf } from '@bottega/graph';
import { openWeights } from '../../packages/diffusion/src/checkpoint/open-weights.ts';
import { shapesOf } from '../../packages/diffusion/src/checkpoint/weight-file.ts';
import { decoderIntegers } from '../../packages/diffusion/src/int8/plan.ts';
import { vaeConfigOf } from '../../packages/diffusion/src/models/vae/config.ts';
import { vaeDecoder } from '../../packages/diffusion/src/models/vae/decoder.ts';
import { rowsOfStrips } from '../../packages/diffusion/src/models/vae/memory.ts';
import { openNetwork } from '../../packages/diffusion/src/runtime/open-network.ts';
import { openSession } from '../../packages/diffusion/src/runtime/session.ts';
import { decoderInStrips } from '../../packages/diffusion/src/runtime/strips/strips.ts';
import { physicalCores } from '../../packages/diffusion/src/runtime/threads.ts';
import type { Request } from './measure.ts';
import { noise, peakBytes, signalToError, timed } from './measurement.ts';
import type { Measurement } from './measurement.ts';

type Wanted = Extract<Request, { readonly task: 'decoder' }>;

/** The ways of one decoder, and how far apart their pictures are. */
export type DecoderMeasurement = {
  readonly strips: Measurement;
  readonly whole: Measurement;
  /** In one piece with 8-bit integers. */
  readonly integers: Measurement;
  /** The largest difference, counted in steps of 8-bit pixels. */
  readonly difference: number;
};

/** The strips first, so that their peak of memory is their own. */
export async function measureDecoder({
  file,
  mode,
  runs,
  side,
  folder,
}: Wanted): Promise<DecoderMeasurement> {
  const weights = await openWeights(file);
  const config = vaeConfigOf(shapesOf(weights), 'first_stage_model.');
  const graph = vaeDecoder(config);
  const latents = noise([1, config.latentChannels, side, side]);
  const shared = {
    threads: physicalCores(),
    operations: operationsOf(graph, { batch: 1, height: side, width: side }),
  };

  const inStrips = decoderInStrips(config, weights, {
    mode,
    rows: Math.min(rowsOfStrips(config, 8 * side), side / 4),
  });
  const stripped = await inStrips(latents);
  const strips = { ...shared, ...(await timed(runs, () => inStrips(latents))), peak: peakBytes() };

  const session = await openSession(graph, weights, { mode });
  const expected = await session.run({ latents }, 'pixels');
  const whole = {
    ...shared,
    ...(await timed(runs, () => session.run({ latents }, 'pixels'))),
    peak: peakBytes(),
  };
  const largest = expected.data.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - stripped.data[i])),
    0,
  );
  await session.dispose();

  const quantised = await openNetwork(graph, weights, { mode: 'int8', int8Folder: folder }, decoderIntegers);
  for (let run = 0; run < decoderIntegers.watchedRuns; run++) await quantised.run({ latents }, 'pixels');
  const quality = signalToError(await quantised.run({ latents }, 'pixels'), expected);
  const inIntegers = await timed(runs, () => quantised.run({ latents }, 'pixels'));
  const integers = { ...shared, ...inIntegers, peak: peakBytes(), quality };
  return { strips, whole, integers, difference: largest * 127.5 };
}
