import { graphOf, input, symbol } from '@bottega/graph';
import type { Graph, Value } from '@bottega/graph';
import { convolution, widthOf } from '../layers.ts';
import { controlNames } from '../unet/control-names.ts';
import { encoder, momentOf } from '../unet/encoder.ts';
import { inputsOf } from '../unet/inputs.ts';
import { controlPrefix } from './config.ts';
import type { ControlNetConfig } from './config.ts';

/**
 * A ControlNet (Zhang et al. 2023, "Adding conditional control to text-to-image diffusion models"): a trained copy of
 * the UNet's first half, each result of which passes a 1x1 convolution that began as zeros.
 *
 * Inputs: those of the UNet, and `guide` [1, channels, height, width], what the hint encoder made of the picture.
 * Outputs: `control0`, `control1` ... and `controlMiddle`, of the shapes of the UNet's own results: 12 and 1 for SD 1
 * and SD 2, 9 and 1 for SDXL.
 */
export function controlNet({ unet }: ControlNetConfig): Graph {
  const { timesteps, vector, ...given } = inputsOf(unet);
  const guide = input('guide', 'f32', [1, unet.channels, symbol('height'), symbol('width')]);
  const { kept, middle } = encoder(unet, { ...given, moment: momentOf(unet, timesteps, vector), guide });
  const results = [
    ...kept.map((h, i) => zeroConvolution(`zero_convs.${i}.0`, h)),
    zeroConvolution('middle_block_out.0', middle),
  ];
  const names = controlNames(kept.length);
  return graphOf(Object.fromEntries(results.map((result, i) => [names[i], result])));
}

function zeroConvolution(name: string, h: Value): Value {
  return convolution(`${controlPrefix}.${name}`, h, widthOf(h, 1), { kernel: 1 });
}
