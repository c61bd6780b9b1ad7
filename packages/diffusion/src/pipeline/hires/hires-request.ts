import type { Model, RgbImage } from '../../api.ts';

/** A second pass over each picture at another size: A1111's "hires fix". */
export type HiresRequest = {
  /** How many times the size, 0.1 to 16; default 2. Without effect where `width` or `height` says it. */
  readonly scale?: number;
  /** One of both keeps the shape; both cut off what does not fit. 8 to 16,384 pixels. */
  readonly width?: number;
  readonly height?: number;
  /**
   * A name of `latentUpscalers`, which enlarge what the sampler sees, or of an upscaler of pictures (`openUpscaler`);
   * default "Latent".
   */
  readonly upscaler?: string;
  /** 0 to 150; 0 (default) as many as the first pass. */
  readonly steps?: number;
  /** A1111's denoising strength of the second pass, above 0 to 1; default 0.7. */
  readonly strength?: number;
  /** Default: those of the first pass. */
  readonly sampler?: string;
  readonly scheduler?: string;
  /** Words of the second pass; default, also where empty, those of the first. */
  readonly prompt?: string;
  readonly negativePrompt?: string;
  /** 0 to 100; default that of the first pass. */
  readonly cfgScale?: number;
  /** As `tokenMerging` of the request; default, also where 0, that of the first pass. */
  readonly tokenMerging?: number;
  /**
   * A picture in the place of the first pass: only the second is drawn, from this, brought to the size of the second
   * whatever its own is. Of all pictures the same; sides of 1 to 16,384 pixels, with an upscaler of latents of 8.
   */
  readonly firstPass?: RgbImage;
  /** Another checkpoint for the second pass. */
  readonly model?: Model;
};
