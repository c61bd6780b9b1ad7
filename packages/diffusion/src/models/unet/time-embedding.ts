import { add, concat, cosine, floats, multiply, silu, sine, unsqueeze } from '@bottega/graph';
import type { Value } from '@bottega/graph';
import { linear } from '../layers.ts';
import { waveFrequencies } from '../wave-frequencies.ts';
import type { UNetConfig } from './config.ts';

/**
 * What every residual block is told of the moment: the timestep as waves through two layers, plus, for SDXL,
 * the vector through two layers of its own. `[batch, 4 * channels]`.
 */
export function timeEmbedding({ prefix, channels }: UNetConfig, timesteps: Value, vector?: Value): Value {
  const width = 4 * channels;
  const waves = sinusoids(timesteps, channels);
  const time = linear(`${prefix}.time_embed.2`, silu(linear(`${prefix}.time_embed.0`, waves, width)), width);
  if (vector === undefined) return time;
  const label = `${prefix}.label_emb.0`;
  return add(time, linear(`${label}.2`, silu(linear(`${label}.0`, vector, width)), width));
}

/** Cosines, then sines, of t at frequencies from 1 down to 1/10000 (Vaswani et al. 2017, section 3.5). */
function sinusoids(timesteps: Value, width: number): Value {
  const half = width / 2;
  const angles = multiply(unsqueeze(timesteps, [1]), floats(waveFrequencies(half), [1, half]));
  return concat([cosine(angles), sine(angles)], 1);
}
