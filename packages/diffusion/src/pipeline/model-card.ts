/** A model's own defaults, read from the small JSON file beside it (`miniatura.safetensors` -> `miniatura.json`). */
export type ModelCard = {
  readonly title?: string;
  readonly license?: string;
  /** The sizes the model was trained for; `otherSizes: 'upscale'` draws at the native size and enlarges. */
  readonly native?: {
    readonly width: number;
    readonly height: number;
    readonly min: number;
    readonly max: number;
    readonly otherSizes: 'draw' | 'upscale';
  };
  readonly defaults?: {
    readonly steps?: number;
    readonly cfgScale?: number;
    readonly sampler?: string;
    readonly scheduler?: string;
    readonly width?: number;
    readonly height?: number;
  };
  /** Name of the upscaler for other sizes, e.g. "esrgan-slim-x4". */
  readonly upscaler?: string;
  readonly architecture?: {
    readonly unetHeads?: number;
    readonly unetHeadChannels?: number;
    readonly textHeads?: number;
    readonly openClipHeads?: number;
    readonly prediction?: 'epsilon' | 'v';
  };
};
