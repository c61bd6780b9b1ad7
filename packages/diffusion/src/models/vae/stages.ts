/**
 * The VAE taken apart, so that large pictures pass through it in strips of rows. Everything between the coarsest
 * level and the picture looks one row up and down, but for group normalisation, which sees the whole. So every
 * stage ends before a normalisation: its whole result is known, with mean and variance, before the next one begins,
 * and what comes out is what the network gives in one piece.
 */
import {
  add,
  doubled,
  graphOf,
  input,
  multiply,
  reshape,
  rowsAround,
  silu,
  symbol,
  weight,
} from '@bottega/graph';
import type { Graph, Value } from '@bottega/graph';
import { convolution } from '../layers.ts';
import { activated, middle } from './blocks.ts';
import type { VaeConfig } from './config.ts';

/** Groups of channels that are normalised together. */
export const groups = 32;

/**
 * From a strip to the strip of the result.
 *
 * Inputs: `x` `[1, channels, height, width]`, a strip with a row of its neighbours above (unless strides are taken)
 * and below; `rows`, how many of zeros stand for neighbours that are not there; `factor` and `offset` `[1, 32, 1]`
 * where x is to be normalised; `skip` where something is to be added. Outputs: `y`, `skip` where `makesSkip`.
 */
export type Stage = {
  readonly graph: Graph;
  readonly channels: number;
  readonly isNormalised: boolean;
  /** Rows of the result for one of x. */
  readonly scale: 0.5 | 1 | 2;
  /** Whether it takes, or makes, what passes around a block. */
  readonly skip?: 'taken' | 'made';
};

type StageOptions = {
  readonly from: number;
  readonly to: number;
  readonly norm?: string;
  /** The convolution after doubling, before the normalisation. */
  readonly doubling?: string;
  readonly stride?: 2;
  /** What passes around: made from x, or taken with so many channels; through a 1x1 convolution where one is named. */
  readonly around?: { readonly made: true } | { readonly channels: number };
  readonly shortcut?: string;
};

/** One block of two stages; of the first, doubled where there is a convolution for it, the statistics come first. */
export type BlockStages = { readonly statistics?: Stage; readonly first: Stage; readonly second: Stage };

/** From the latents to the coarsest features; then the blocks; then pixels. */
export type DecoderStages = {
  readonly head: Graph;
  readonly blocks: readonly BlockStages[];
  readonly end: Stage;
};

/** From the pixels to features; then, level by level, blocks and what halves; then the moments. */
export type EncoderStages = {
  readonly start: Stage;
  readonly levels: readonly { readonly blocks: readonly BlockStages[]; readonly halving?: Stage }[];
  readonly tail: Graph;
};

export function decoderStages({ prefix, levels, ...config }: VaeConfig): DecoderStages {
  const at = `${prefix}decoder`;
  const widest = levels[levels.length - 1].channels;
  const latents = input('x', 'f32', [1, config.latentChannels, symbol('height'), symbol('width')]);
  const entered = convolution(`${prefix}post_quant_conv`, latents, config.innerChannels, { kernel: 1 });
  const head = graphOf({ y: middle(`${at}.mid`, convolution(`${at}.conv_in`, entered, widest)) });

  let from = widest;
  const blocks = levels.flatMap(({ channels, residualBlocks }, level) => ({
    channels,
    residualBlocks,
    level,
  }));
  const stages = blocks.toReversed().flatMap(({ channels, residualBlocks, level }) =>
    Array.from({ length: residualBlocks + 1 }, (_, i) => {
      const isDoubled = i === 0 && level < levels.length - 1;
      const doubling = isDoubled ? `${at}.up.${level + 1}.upsample.conv` : undefined;
      const made = block(`${at}.up.${level}.block.${i}`, from, channels, doubling);
      from = channels;
      return made;
    }),
  );
  const end = { from, to: config.pictureChannels, norm: `${at}.norm_out` };
  return { head, blocks: stages, end: stage(`${at}.conv_out`, end) };
}

export function encoderStages({ prefix, levels, ...config }: VaeConfig): EncoderStages {
  const at = `${prefix}encoder`;
  let from = levels[0].channels;
  const stages = levels.map(({ channels, residualBlocks }, level) => {
    const name = `${at}.down.${level}`;
    const blocks = Array.from({ length: residualBlocks }, (_, i) => {
      const made = block(`${name}.block.${i}`, from, channels);
      from = channels;
      return made;
    });
    if (level === levels.length - 1) return { blocks };
    return { blocks, halving: stage(`${name}.downsample.conv`, { from, to: from, stride: 2 }) };
  });
  const features = input('x', 'f32', [1, from, symbol('height'), symbol('width')]);
  const last = activated(`${at}.norm_out`, middle(`${at}.mid`, features));
  const moments = convolution(`${at}.conv_out`, last, 2 * config.innerChannels);
  return {
    start: stage(`${at}.conv_in`, { from: config.pictureChannels, to: levels[0].channels }),
    levels: stages,
    tail: graphOf({
      y: convolution(`${prefix}quant_conv`, moments, 2 * config.latentChannels, { kernel: 1 }),
    }),
  };
}

function block(name: string, from: number, to: number, doubling?: string): BlockStages {
  const shortcut = from === to ? undefined : `${name}.nin_shortcut`;
  const first = { from, to, norm: `${name}.norm1` };
  const second = { from: to, to, norm: `${name}.norm2` };
  if (doubling === undefined) {
    return {
      first: stage(`${name}.conv1`, first),
      second: stage(`${name}.conv2`, { ...second, around: { channels: from }, shortcut }),
    };
  }
  return {
    statistics: doublingAlone(doubling, from),
    first: stage(`${name}.conv1`, { ...first, doubling, around: { made: true }, shortcut }),
    second: stage(`${name}.conv2`, { ...second, around: { channels: to } }),
  };
}

function stage(name: string, { from, to, norm, doubling, stride, around, shortcut }: StageOptions): Stage {
  const { x, rows } = stripOf(from);
  const h = doubling === undefined ? x : doubledStrip(doubling, x, rows);
  const passing = (value: Value): Value =>
    shortcut === undefined ? value : convolution(shortcut, value, to, { kernel: 1 });
  const seen = rowsAround(norm === undefined ? h : silu(normalized(norm, h)), rows, symbol('rows seen'));
  const padding = stride === undefined ? 'centred-sides' : 'after-sides';
  const y = convolution(name, seen, to, { padding, stride });
  const shared = {
    channels: to,
    isNormalised: norm !== undefined,
    scale: stride === undefined ? (doubling === undefined ? 1 : 2) : 0.5,
  } as const;
  if (around === undefined) return { ...shared, graph: graphOf({ y }) };
  if ('made' in around) return { ...shared, graph: graphOf({ y, skip: passing(h) }), skip: 'made' };
  const skip = input('skip', 'f32', [1, around.channels, ...y.shape.slice(2)]);
  return { ...shared, graph: graphOf({ y: add(y, passing(skip)) }), skip: 'taken' };
}

/** What comes of doubling and its convolution, for its statistics. */
function doublingAlone(name: string, channels: number): Stage {
  const { x, rows } = stripOf(channels);
  return { graph: graphOf({ y: doubledStrip(name, x, rows) }), channels, isNormalised: false, scale: 2 };
}

/** With a row above and one below where the strip has neighbours. */
function doubledStrip(name: string, x: Value, rows: Value): Value {
  const seen = rowsAround(doubled(x), rows, symbol('rows doubled'));
  return convolution(name, seen, Number(x.shape[1]), { padding: 'centred-sides' });
}

function stripOf(channels: number): { readonly x: Value; readonly rows: Value } {
  const x = input('x', 'f32', [1, channels, symbol('height'), symbol('width')]);
  return { x, rows: input('rows', 'i64', [2]) };
}

/** x * factor + offset in each group, then scaled and shifted by channel. */
function normalized(name: string, x: Value): Value {
  const channels = Number(x.shape[1]);
  const parameter = (kind: string): Value =>
    weight(`${name}.${kind}`, [1, groups, channels / groups], [channels]);
  const [factor, offset] = ['factor', 'offset'].map((kind) => input(kind, 'f32', [1, groups, 1]));
  const scale = multiply(parameter('weight'), factor);
  const shift = add(multiply(parameter('weight'), offset), parameter('bias'));
  const byChannel = (value: Value): Value => reshape(value, [1, channels, 1, 1]);
  return add(multiply(x, byChannel(scale)), byChannel(shift));
}
