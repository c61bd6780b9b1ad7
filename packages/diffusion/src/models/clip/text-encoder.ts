import { add, attention, graphOf, input, quickGelu, symbol, weight } from '@bottega/graph';
import type { Graph, Value } from '@bottega/graph';
import { layerNorm, linear } from '../layers.ts';
import { embedTokens } from '../token-embedding.ts';
import type { ClipConfig } from './config.ts';

/**
 * The text encoder of CLIP (Radford et al. 2021): a transformer in which every token sees those before it.
 *
 * Inputs: `tokens` [batch, positions], int64, and `learned`, see `embedTokens`. Outputs, all [batch, positions, width]: `hidden1` ... `hiddenN`, what
 * each layer gives, the last layer first, and `layer1` ... `layerN`, the same through the final normalisation.
 * A1111's clip skip chooses among the latter; SDXL takes `hidden2`.
 */
export function clipTextEncoder(config: ClipConfig): Graph {
  const { prefix, positions, width, layers } = config;
  const tokens = input('tokens', 'i64', [symbol('batch'), positions]);
  const table = weight(`${prefix}.embeddings.token_embedding.weight`, [config.vocabulary, width]);
  const places = weight(`${prefix}.embeddings.position_embedding.weight`, [positions, width]);
  let h = add(embedTokens(table, tokens).vectors, places);
  const outputs: Record<string, Value> = {};
  for (let i = 0; i < layers; i++) {
    h = encoderLayer(`${prefix}.encoder.layers.${i}`, h, config);
    outputs[`hidden${layers - i}`] = h;
    outputs[`layer${layers - i}`] = layerNorm(`${prefix}.final_layer_norm`, h);
  }
  return graphOf(outputs);
}

function encoderLayer(name: string, x: Value, { width, innerWidth, heads }: ClipConfig): Value {
  const normal = layerNorm(`${name}.layer_norm1`, x);
  const [queries, keys, values] = ['q', 'k', 'v'].map((part) =>
    linear(`${name}.self_attn.${part}_proj`, normal, width),
  );
  const seen = attention(queries, keys, values, { heads, causal: true });
  const attended = add(linear(`${name}.self_attn.out_proj`, seen, width), x);
  const inner = quickGelu(linear(`${name}.mlp.fc1`, layerNorm(`${name}.layer_norm2`, attended), innerWidth));
  return add(linear(`${name}.mlp.fc2`, inner, width), attended);
}
