import { unetConfigOf } from '../unet/config.ts';
import type { Heads, UNetConfig } from '../unet/config.ts';
import { extentOf } from '../shapes.ts';
import type { Shapes } from '../shapes.ts';

/** The sizes of a ControlNet: of its copy of a UNet's first half, and of what looks at the picture. */
export type ControlNetConfig = {
  /** `outChannels` is 0: there is no second half. */
  readonly unet: UNetConfig;
  /** Channels of the picture: 3. */
  readonly hintChannels: number;
  /** Channels after each convolution but the last, which gives as many as the UNet's first one. */
  readonly hintWidths: readonly number[];
};

/** What the names of a ControlNet's weights begin with, once its file's layout has been brought to this one. */
export const controlPrefix = 'control_model';

/** The picture is halved this often on its way to the size of the latents. */
export const hintFactor = 8;

/** The tensors that a ControlNet's sizes are derived from, with their numbers of axes. */
export const controlNetAnchors: Readonly<Record<string, number>> = {
  [`${controlPrefix}.input_blocks.0.0.weight`]: 4,
  [`${controlPrefix}.input_blocks.1.0.out_layers.3.weight`]: 4,
  [`${controlPrefix}.middle_block.1.transformer_blocks.0.attn2.to_k.weight`]: 2,
  [`${controlPrefix}.input_hint_block.0.weight`]: 4,
};

/** The sizes of the ControlNet in a checkpoint. */
export function controlNetConfigOf(shapes: Shapes, heads?: Heads): ControlNetConfig {
  const layers = Array.from({ length: 8 }, (_, i) => `${controlPrefix}.input_hint_block.${2 * i}.weight`);
  return {
    unet: unetConfigOf(shapes, heads, controlPrefix),
    hintChannels: extentOf(shapes, layers[0], 1),
    hintWidths: layers.slice(0, -1).map((layer) => extentOf(shapes, layer, 0)),
  };
}
