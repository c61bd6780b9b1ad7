import { input, symbol } from '@bottega/graph';
import type { Value } from '@bottega/graph';
import type { UNetConfig } from './config.ts';

/** What a UNet and a ControlNet are given. */
export type UNetInputs = {
  /** `[batch, inChannels, height, width]` */
  readonly x: Value;
  /** `[batch]` */
  readonly timesteps: Value;
  /** `[batch, tokens, contextWidth]` */
  readonly context: Value;
  /** SDXL: `[batch, vectorWidth]` */
  readonly vector?: Value;
};

export function inputsOf({ inChannels, contextWidth, vectorWidth }: UNetConfig): UNetInputs {
  const batch = symbol('batch');
  return {
    x: input('x', 'f32', [batch, inChannels, symbol('height'), symbol('width')]),
    timesteps: input('timesteps', 'f32', [batch]),
    context: input('context', 'f32', [batch, symbol('tokens'), contextWidth]),
    vector: vectorWidth > 0 ? input('vector', 'f32', [batch, vectorWidth]) : undefined,
  };
}
