import { sd1Layout } from './sd1-layout.ts';
import type { Layout } from './sd1-layout.ts';
import { tinySizes, writeRandomCheckpoint } from './tiny-checkpoint.ts';

export type TinyControlNetOptions = {
  /** Width of the texts that it listens to; default that of the tiny checkpoint. Real ones: 768, 1024, 2048. */
  readonly contextWidth?: number;
  /** Other seeds give other weights; default 0. */
  readonly seed?: number;
};

/**
 * Writes a ControlNet of random weights that fits the tiny checkpoint, under the names of published files.
 * @returns `path`
 */
export function writeTinyControlNet(path: string, options: TinyControlNetOptions = {}): string {
  const { contextWidth = tinySizes.text.width, seed = 0 } = options;
  const text = { ...tinySizes.text, width: contextWidth };
  writeRandomCheckpoint(path, controlNetLayout(sd1Layout({ ...tinySizes, text })), 'F16', seed);
  return path;
}

/** The tensors of a ControlNet for a UNet: its first half, a zero convolution for each block, and the hint's layers. */
export function controlNetLayout(model: Layout): Layout {
  const unet = 'model.diffusion_model.';
  const shapes = new Map<string, readonly number[]>();
  for (const [name, shape] of model) {
    if (/^model\.diffusion_model\.(time_embed|label_emb|input_blocks|middle_block)\./.test(name)) {
      shapes.set(`control_model.${name.slice(unet.length)}`, shape);
    }
  }
  const widthOf = (name: string): number | undefined => shapes.get(`control_model.${name}`)?.[0];
  const zero = (name: string, channels: number): void => {
    shapes.set(`control_model.${name}.weight`, [channels, channels, 1, 1]);
    shapes.set(`control_model.${name}.bias`, [channels]);
  };
  let channels = 0;
  for (let i = 0; ; i++) {
    const block = `input_blocks.${i}.0`;
    const width =
      widthOf(`${block}.weight`) ?? widthOf(`${block}.op.weight`) ?? widthOf(`${block}.out_layers.3.weight`);
    if (width === undefined) break;
    channels = width;
    zero(`zero_convs.${i}.0`, channels);
  }
  zero('middle_block_out.0', channels);
  const widths = [3, 16, 16, 32, 32, 96, 96, 256, widthOf('input_blocks.0.0.weight') ?? 0];
  widths.slice(1).forEach((width, i) => {
    shapes.set(`control_model.input_hint_block.${2 * i}.weight`, [width, widths[i], 3, 3]);
    shapes.set(`control_model.input_hint_block.${2 * i}.bias`, [width]);
  });
  return shapes;
}
