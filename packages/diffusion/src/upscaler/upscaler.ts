import type { RgbImage } from '../api.ts';

export type UpscaleOptions = {
  /** Heard between tiles; one that has begun ends. */
  readonly signal?: AbortSignal;
  /** Called with the share that is done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
};

/** Something that enlarges pictures; release it with `await upscaler.dispose()` or `await using`. */
export type Upscaler = AsyncDisposable & {
  readonly name: string;
  /** As infotext shows it. */
  readonly title: string;
  /** How many times larger one pass makes a picture; 1 for models that only clean it. */
  readonly scale: number;
  /**
   * One pass. Networks enlarge by their own scale, whatever is asked for; plain resizing by `factor`.
   * @param factor default `scale`.
   * @throws EngineError 'generation.cancelled', 'model.not-finite', 'request.invalid' for too large a result.
   */
  upscale(image: RgbImage, options?: UpscaleOptions & { readonly factor?: number }): Promise<RgbImage>;
  dispose(): Promise<void>;
};
