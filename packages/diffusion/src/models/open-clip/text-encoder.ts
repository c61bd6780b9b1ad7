import {
  add,
  argMax,
  attention,
  gatherEach,
  gelu,
  graphOf,
  input,
  multiplyMatrix,
  project,
  split,
  symbol,
  weight,
} from '@bottega/graph';
import type { Graph, Value } from '@bottega/graph';
import { layerNorm, linear, linearWithoutBias } from '../layers.ts';
import { embedTokens } from '../token-embedding.ts';
import type { OpenClipConfig } from './config.ts';

/**
 * The text encoder of OpenCLIP (Cherti et al. 2022), as SD 2 and SDXL use it.
 *
 * Inputs: `tokens` [batch, positions], int64, and `learned`, see `embedTokens`. Outputs: `hidden2` [batch, positions, width], what all layers but the
 * last give, for SDXL; `layer1` and `layer2`, the last layer and the one before through the final normalisation,
 * for SD 2, which uses the second; `pooled` [batch, pooledWidth], the last layer at the end of the text, projected.
 * An encoder that ends one layer early (`pooledWidth` 0) has only `hidden2` and `layer2`.
 */
export function openClipTextEncoder(config: OpenClipConfig): Graph {
  const { prefix, positions, width, layers } = config;
  const tokens = input('tokens', 'i64', [symbol('batch'), positions]);
  const table = weight(`${prefix}.token_embedding.weight`, [config.vocabulary, width]);
  const { vectors, known } = embedTokens(table, tokens);
  let h = add(vectors, weight(`${prefix}.positional_embedding`, [positions, width]));
  const isCut = config.layout === 'transformers' && config.pooledWidth === 0;
  const before = isCut ? layers : layers - 1;
  for (let i = 0; i < before; i++) h = encoderLayer(`${prefix}.transformer.resblocks.${i}`, h, config);
  const beforeLast = { hidden2: h, layer2: layerNorm(`${prefix}.ln_final`, h) };
  if (isCut) return graphOf(beforeLast);
  const last = encoderLayer(`${prefix}.transformer.resblocks.${layers - 1}`, h, config);
  const normal = layerNorm(`${prefix}.ln_final`, last);
  // The end of the text has the largest token of all.
  const end = gatherEach(normal, argMax(known));
  return graphOf({
    hidden2: h,
    layer1: normal,
    layer2: beforeLast.layer2,
    pooled: projected(end, config),
  });
}

function projected(end: Value, { prefix, width, pooledWidth, layout }: OpenClipConfig): Value {
  return layout === 'transformers'
    ? linearWithoutBias(`${prefix}.text_projection`, end, pooledWidth)
    : multiplyMatrix(end, weight(`${prefix}.text_projection`, [width, pooledWidth]));
}

function encoderLayer(name: string, x: Value, { width, innerWidth, heads, layout }: OpenClipConfig): Value {
  const normal = layerNorm(`${name}.ln_1`, x);
  const [queries, keys, values] =
    layout === 'transformers'
      ? ['q', 'k', 'v'].map((part) => linear(`${name}.attn.${part}_proj`, normal, width))
      : split(selfProjection(`${name}.attn`, normal, width), 3);
  const seen = attention(queries, keys, values, { heads, causal: true });
  const attended = add(linear(`${name}.attn.out_proj`, seen, width), x);
  const inner = gelu(linear(`${name}.mlp.c_fc`, layerNorm(`${name}.ln_2`, attended), innerWidth));
  return add(linear(`${name}.mlp.c_proj`, inner, width), attended);
}

/** Queries, keys and values in one matrix, whose weights have names of their own. */
function selfProjection(name: string, x: Value, width: number): Value {
  const matrix = weight(`${name}.in_proj_weight`, [3 * width, width]);
  return add(project(x, matrix), weight(`${name}.in_proj_bias`, [3 * width]));
}
