/** The boundary between the neural networks (ONNX sessions) and the numerical code that drives them. */
import type { Tensor } from '../tensor.ts';

/** One evaluation of the UNet for a batch. */
export type NetworkInput = {
  /** `[batch, channels, h, w]`, scaled as the network expects it; inpainting channels already appended. */
  readonly x: Tensor;
  /** `[batch]`, 0 to 999, may be fractional. */
  readonly timesteps: Float32Array;
  /** `[batch, 77 * chunks, width]`: the text encoder's output. */
  readonly context: Tensor;
  /** `[batch, n]`: SDXL's pooled text and sizes. */
  readonly vector?: Tensor;
  /** `[batch]`: whether a row follows a positive prompt, for ControlNets that spare negative ones. */
  readonly isPositive?: readonly boolean[];
  /** What ControlNets add to the UNet's results: one for each kept one, from the finest, then the middle's. */
  readonly controls?: readonly Tensor[];
  /** Share of the pixels that attend to each other as one (Bolya and Hoffman 2023), 0 (default) to 0.9. */
  readonly tokenMerging?: number;
};

/** The raw network: epsilon or v, of the shape of the latents. Rejects with `model.not-finite` on NaN or infinity. */
export type Network = (input: NetworkInput) => Promise<Tensor>;

/** What a text encoder makes of chunks of tokens. */
export type EncodedText = {
  /** `[n, 77, width]` */
  readonly hidden: Tensor;
  /** `[n, pooledWidth]`, where the model listens to it. */
  readonly pooled?: Tensor;
};

/**
 * Runs a text encoder on token ids `[n][77]`; `clipSkip` 1 is the last layer (A1111's clip skip). Negative ids are
 * rows of `learned`, `[rows, width]`: -1 the first, -2 the second.
 */
export type TextEncoder = (
  tokens: readonly (readonly number[])[],
  clipSkip?: number,
  learned?: Tensor,
) => Promise<EncodedText>;

/** Latents (already divided by the scale factor) `[batch, 4, h, w]` to pixels `[batch, 3, H, W]` in -1..1. */
export type Decoder = (latents: Tensor) => Promise<Tensor>;

/** Pixels `[batch, 3, H, W]` in -1..1 to the posterior's moments `[batch, 8, h, w]`: mean, then log variance. */
export type Encoder = (pixels: Tensor) => Promise<Tensor>;
