/** Runs the VAE's stages over strips of a picture, in memory that grows with two of its widest features only. */
import { weightsOf } from '@bottega/graph';
import type { Graph } from '@bottega/graph';
import { verifyWeights } from '../../checkpoint/verify-weights.ts';
import type { WeightFile } from '../../checkpoint/weight-file.ts';
import type { Decoder, Encoder } from '../../denoiser/network.ts';
import { rowOf, stackRows } from '../../denoiser/rows.ts';
import type { VaeConfig } from '../../models/vae/config.ts';
import { decoderStages, encoderStages } from '../../models/vae/stages.ts';
import type { BlockStages, Stage } from '../../models/vae/stages.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { requireFinite } from '../finite.ts';
import type { Feed } from '../protocol.ts';
import { openSession } from '../session.ts';
import type { Session, SessionOptions } from '../session.ts';
import { cut, joined, statisticsCollector, withNeighbours, withoutRows } from './feature-map.ts';
import type { FeatureMap, Statistics } from './feature-map.ts';

/** As in the networks; group normalisation of the VAE (Esser et al. 2020). */
const epsilon = 1e-6;

/** Where the weights are, and how to run. */
export type StripOptions = SessionOptions & {
  /** Rows of latents in a strip, at least 1. */
  readonly rows: number;
};

type Features = { readonly map: FeatureMap; readonly statistics: Statistics };

/** The decoder, strip by strip; equal to the whole one but for rounding. */
export function decoderInStrips(config: VaeConfig, file: WeightFile, options: StripOptions): Decoder {
  const { head, blocks, end } = decoderStages(config);
  return eachRow(async (latents) => {
    let h = featuresOf(cut(await runWhole(head, latents, file, options), options.rows));
    for (const block of blocks) h = await runBlock(block, h, file, options);
    const { map } = await runStage(end, h, file, options, { isLast: true });
    return joined(map);
  });
}

/** The encoder, strip by strip; equal to the whole one but for rounding. */
export function encoderInStrips(config: VaeConfig, file: WeightFile, options: StripOptions): Encoder {
  const { start, levels, tail } = encoderStages(config);
  const rows = options.rows * 2 ** (config.levels.length - 1);
  return eachRow(async (pixels) => {
    const picture = { map: cut(pixels, rows), statistics: none };
    let h: Features = await runStage(start, picture, file, options);
    for (const { blocks, halving } of levels) {
      for (const block of blocks) h = await runBlock(block, h, file, options);
      if (halving !== undefined) h = await runStage(halving, h, file, options);
    }
    return await runWhole(tail, joined(h.map), file, options);
  });
}

const none: Statistics = { means: new Float64Array(), variances: new Float64Array() };

/** A batch one after the other. */
function eachRow(run: (one: Tensor) => Promise<Tensor>): (batch: Tensor) => Promise<Tensor> {
  return async (batch) => {
    const results: Tensor[] = [];
    for (let row = 0; row < batch.shape[0]; row++) {
      const { shape, data } = rowOf(batch, row);
      results.push(rowOf(await run(tensor([1, ...shape], data)), 0));
    }
    return stackRows(results);
  };
}

function featuresOf(map: FeatureMap): Features {
  const collector = statisticsCollector();
  for (const strip of map.strips) collector.see(strip);
  return { map, statistics: collector.result() };
}

async function runBlock(
  { statistics, first, second }: BlockStages,
  x: Features,
  file: WeightFile,
  options: StripOptions,
): Promise<Features> {
  const seen = statistics && (await runStage(statistics, x, file, options, { isMeasured: true }));
  const h = await runStage(first, { ...x, statistics: seen?.statistics ?? x.statistics }, file, options, {
    isFreed: first.skip === 'made',
  });
  return await runStage(second, h, file, options, { skip: h.skip ?? x.map, isFreed: true });
}

/** @throws EngineError `checkpoint.tensor-missing`, `checkpoint.tensor-misshapen` */
async function openStage(graph: Graph, file: WeightFile, options: StripOptions): Promise<Session> {
  verifyWeights(file, weightsOf(graph), 'a VAE');
  return await openSession(graph, file, options);
}

async function runWhole(graph: Graph, x: Tensor, file: WeightFile, options: StripOptions): Promise<Tensor> {
  const session = await openStage(graph, file, options);
  try {
    return requireFinite(await session.run({ x }, 'y'));
  } finally {
    await session.dispose();
  }
}

type StageRun = {
  /** What is added, freed strip by strip. */
  readonly skip?: FeatureMap;
  /** Nobody needs x afterwards. */
  readonly isFreed?: boolean;
  /** Only the statistics are wanted. */
  readonly isMeasured?: boolean;
  /** No statistics are wanted. */
  readonly isLast?: boolean;
};

async function runStage(
  stage: Stage,
  { map, statistics }: Features,
  file: WeightFile,
  options: StripOptions,
  { skip, isFreed = true, isMeasured = false, isLast = false }: StageRun = {},
): Promise<Features & { readonly skip?: FeatureMap }> {
  const { graph, channels, isNormalised, scale } = stage;
  const makesSkip = stage.skip === 'made';
  const made = { y: [] as Float32Array[], skip: [] as Float32Array[] };
  const collector = statisticsCollector();
  const normalisation = isNormalised ? normalisationOf(statistics) : {};
  // A stride of two looks only below; doubling leaves a row too many of what passes around.
  const sides = scale === 0.5 ? [0, 1] : [1, 1];
  const session = await openStage(graph, file, options);
  try {
    for (let index = 0; index < map.strips.length; index++) {
      const isEdge = [index === 0, index === map.strips.length - 1];
      const zeros = sides.map((side, i) => (isEdge[i] ? side : 0));
      const feeds: Record<string, Feed> = {
        x: withNeighbours(map, index, sides[0], sides[1]),
        rows: { shape: [2], data: BigInt64Array.from(zeros, BigInt) },
        ...normalisation,
      };
      if (skip !== undefined) feeds.skip = withNeighbours(skip, index, 0, 0);
      const [y, around] = await session.runAll(feeds, makesSkip ? ['y', 'skip'] : ['y']);
      requireFinite(y);
      const excess = zeros.map((zero) => 1 - zero);
      const kept = isMeasured ? withoutRows(y, excess[0], excess[1]) : y.data;
      if (!isLast) collector.see(kept);
      made.y.push(isMeasured ? empty : kept);
      if (makesSkip) made.skip.push(withoutRows(around, excess[0], excess[1]));
      if (skip !== undefined) skip.strips[index] = empty;
      if (isFreed && !isMeasured && index > 0) map.strips[index - 1] = empty;
    }
  } finally {
    await session.dispose();
  }
  const size = { width: map.width * scale, height: map.height * scale, rows: map.rows * scale };
  return {
    map: { channels, ...size, strips: made.y },
    statistics: isLast ? none : collector.result(),
    ...(makesSkip && { skip: { channels, ...size, strips: made.skip } }),
  };
}

const empty = new Float32Array();

function normalisationOf({ means, variances }: Statistics): Readonly<Record<string, Tensor>> {
  const factor = Float32Array.from(variances, (variance) => 1 / Math.sqrt(variance + epsilon));
  const offset = Float32Array.from(means, (mean, i) => -mean / Math.sqrt(variances[i] + epsilon));
  const shape = [1, means.length, 1];
  return { factor: tensor(shape, factor), offset: tensor(shape, offset) };
}
