/** The public types of the engine: what goes into a generation and what comes out of it. */
import type { AdapterLookup } from './pipeline/adapters/lookup.ts';
import type { ControlRequest } from './pipeline/control/control-request.ts';
import type { HiresRequest } from './pipeline/hires/hires-request.ts';
import type { OutpaintRequest } from './pipeline/picture/outpaint.ts';
import type { SoftMaskRequest } from './pipeline/picture/soft-mask.ts';
import type { ModelCard } from './pipeline/model-card.ts';

/** 8-bit RGB pixels, row-major, no padding: `data.length === width * height * 3`. */
export type RgbImage = { readonly width: number; readonly height: number; readonly data: Uint8Array };

/** 8-bit red, green, blue and opacity, row-major, no padding. */
export type RgbaImage = { readonly width: number; readonly height: number; readonly data: Uint8Array };

/** Where noise comes from: `NV` imitates CUDA's Philox on any machine, `CPU` is PyTorch's Mersenne Twister. */
export type RandomSource = 'NV' | 'CPU';

/** How `(word:1.2)` acts on the text encoder's output; A1111's four modes. */
export type EmphasisMode = 'Original' | 'No norm' | 'Ignore' | 'None';

/**
 * `default` keeps memory low, `fast` prepacks weights: more memory and a longer load, fewer seconds a step. `int8`
 * computes UNet, ControlNets and the VAE's decoder with 8-bit integers, in half the time and nearly the same picture;
 * it learns how large numbers become from the first three evaluations of a checkpoint and its first two pictures, and
 * then pictures of a batch influence one another.
 */
export type SpeedMode = 'default' | 'fast' | 'int8';

export type LoadOptions = {
  /** Defaults to 'default'. */
  readonly mode?: SpeedMode;
  /** Threads of the runtime; defaults to the number of physical cores. */
  readonly threads?: number;
  /** `cpu` (default), or `cuda`, `dml`, `coreml`, `webgpu` where the runtime was built with it. */
  readonly device?: string;
  /** A separate VAE file. */
  readonly vae?: string;
  /** Folders that may hold `taesd_decoder` or `taesdxl_decoder` (.safetensors, .pth, .pt), for better previews. */
  readonly previewFolders?: readonly string[];
  /** SHA-256 of the VAE file in hex, where it is known; the infotext's "VAE hash" comes from it. */
  readonly vaeSha256?: string;
  /** SHA-256 of the file in hex, where it is known; the infotext's "Model hash" comes from it. */
  readonly sha256?: string;
  /** Where weights are written that adapters change; default: the system's folder for temporary files. */
  readonly scratchFolder?: string;
  /** Where the mode `int8` keeps quantised weights; default: a folder in the system's for temporary files. */
  readonly int8Folder?: string;
  /** Hyper-parameters that shapes cannot tell (attention heads); real checkpoints need none. */
  readonly overrides?: ArchitectureOverrides;
};

export type ArchitectureOverrides = {
  /** Attention heads of the UNet (SD 1: 8). */
  readonly unetHeads?: number;
  /** Channels of one UNet attention head (SD 2, SDXL: 64), instead of `unetHeads`. */
  readonly unetHeadChannels?: number;
  /** Attention heads of the CLIP text encoder (default: width / 64). */
  readonly textHeads?: number;
  /** Attention heads of the OpenCLIP text encoder (default: width / 64). */
  readonly openClipHeads?: number;
  /** What the UNet was trained to predict (default: what the file itself tells, see docs/guide/models.md). */
  readonly prediction?: 'epsilon' | 'v';
};

/** Everything a picture depends on; defaults are A1111's unless the model's card says otherwise. */
export type TextToImageRequest = {
  /** In A1111's syntax, at most 100,000 characters; may be empty. */
  readonly prompt: string;
  /** Default empty. */
  readonly negativePrompt?: string;
  /** 8 to 16,384 pixels, cut down to a multiple of 8; default the model's own size, or 512. */
  readonly width?: number;
  readonly height?: number;
  /** 1 to 150; default 20 (A1111's API default of 50 is applied by its protocol face). */
  readonly steps?: number;
  /** A name or alias of `samplers`; default "DPM++ 2M". */
  readonly sampler?: string;
  /** A name or label of `schedulers`; default "Automatic". */
  readonly scheduler?: string;
  /** 0 (the negative prompt alone) to 100; default 7. */
  readonly cfgScale?: number;
  /** 0 to 2^32 - 1, -1 draws one at random (default). Picture k of a batch has seed + k. */
  readonly seed?: number;
  /** Variation seed, as `seed`; picture k of a batch has subseed + k, and then the seed stays the same. */
  readonly subseed?: number;
  /** How much of the noise comes from `subseed`: 0 (default) to 1. */
  readonly subseedStrength?: number;
  /** Keeps the composition that the seed has at this size. */
  readonly seedResizeFrom?: { readonly width: number; readonly height: number };
  /** Pictures drawn together (memory), 1 (default) to 64. */
  readonly batchSize?: number;
  /** Batches drawn one after the other, 1 (default) to 1000. */
  readonly batchCount?: number;
  /** 1 (default) uses the last layer of the text encoder, 2 the one before. */
  readonly clipSkip?: number;
  /** Default 'Original'. */
  readonly emphasis?: EmphasisMode;
  /** Default 'NV'. */
  readonly randomSource?: RandomSource;
  /** A1111's "Eta noise seed delta" (ENSD); default 0. */
  readonly etaNoiseSeedDelta?: number;
  /** A model that takes over on the way: SDXL's refiner, or any with the same kind of latents. */
  readonly refiner?: RefinerRequest;
  /**
   * A1111's settings about sampling and models by their names: eta, s_churn, s_noise, sdxl_crop_top,
   * sd_noise_schedule ...
   */
  readonly samplerOptions?: Readonly<Record<string, number | string | boolean>>;
  /** Makes pictures whose edges fit together, so that they can be laid as tiles; default false. */
  readonly tiling?: boolean;
  /**
   * A1111's token merging ratio, 0 (default) to 0.9: the share of the pixels that the UNet's finest level merges with
   * others where all attend to all, for fewer operations and a slightly different picture. SDXL has nothing to merge.
   */
  readonly tokenMerging?: number;
  /** A second pass at another size; only from words alone, default none. */
  readonly hires?: HiresRequest;
  /** ControlNets with the pictures that they follow, at most 10; default none. */
  readonly controls?: readonly ControlRequest[];
};

/** A second model and when it takes over; the finished latents are decoded with its VAE, as in A1111. */
export type RefinerRequest = {
  readonly model: Model;
  /** The share of the noise that the first model takes away, 0 to 1; absent, none of it. A1111's page has 0.8. */
  readonly switchAt?: number;
};

/** How a picture comes to the size asked for; `latent` encodes it as it is and stretches its latents. */
export type ResizeMode = 'stretch' | 'crop' | 'fill' | 'latent';

/** What the masked part starts from: the colours around it, the picture itself, noise, or grey. */
export type MaskedContent = 'fill' | 'original' | 'latent noise' | 'latent nothing';

/** Which part of a picture is drawn anew. */
export type MaskRequest = {
  /** White is drawn anew, black stays; brought to the picture's size where it has another. */
  readonly image: RgbImage;
  /** Exchanges black and white; default false. */
  readonly invert?: boolean;
  /** Standard deviation of its blur in pixels, a whole number from 0 to 256, or one for each axis; default 4. */
  readonly blur?: number | { readonly x: number; readonly y: number };
  /** Default 'original'. */
  readonly content?: MaskedContent;
  /**
   * `masked` draws only what the mask encloses, at the size asked for, and puts it back into its place, so that the
   * finished picture has the size of the one it started from; default 'whole'.
   */
  readonly area?: 'whole' | 'masked';
  /** Pixels around it that are drawn with it where the area is `masked`, 0 to 16,384; default 32. */
  readonly padding?: number;
  /** Whether an element of the latents is drawn or stays, without in-between; default true, with `soft` false. */
  readonly round?: boolean;
  /**
   * Lays what the mask leaves upon what was drawn, default true. Without it the picture is as it was drawn, of a
   * masked area only that. Soft masks always do.
   */
  readonly overlay?: boolean;
  /**
   * Another mask for the latents alone: its red says where they are drawn anew, its brightness what `content` fills.
   * Neither exchanged nor blurred nor cut to an area; `image` still says what of the result is to be seen. Default
   * that. Of any size, but for filling of the size that is drawn.
   */
  readonly latents?: RgbImage;
  /** Lets a grey mask count at every step; default not. */
  readonly soft?: SoftMaskRequest;
  /** Pictures that each `picture` event has beside the finished one; default none. */
  readonly returns?: readonly MaskPicture[];
};

/**
 * `mask`: how much of what was drawn is seen, in grey; with a soft mask it depends on what was drawn. `composite`: what
 * was drawn, before the original is laid upon it, as opaque as that.
 */
export type MaskPicture = 'mask' | 'composite';

/**
 * As text to image, with something to start from. `initial_noise_multiplier`, `img2img_fix_steps` and
 * `img2img_extra_noise` are among the `samplerOptions`.
 * Width and height default to the first picture's, or, where only the masked area is drawn, to the model's.
 */
export type ImageToImageRequest = TextToImageRequest & {
  /** One for all, or one for each picture of a batch; sides of 1 to 16,384 pixels. */
  readonly images: readonly RgbImage[];
  /** A1111's denoising strength: 0 keeps the picture, 1 takes nearly nothing of it; default 0.75. */
  readonly strength?: number;
  /** Default 'stretch'. Without effect where only the masked area is drawn. */
  readonly resizeMode?: ResizeMode;
  readonly mask?: MaskRequest;
  /** Draws on beyond the picture's edges; not together with a mask, default not. */
  readonly outpaint?: OutpaintRequest;
  /**
   * Takes the latents from the encoder's distribution with noise of this seed, 0 to 2^32 - 1, as A1111 does with
   * whatever noise comes next; default: its mean, which gives the same picture every time.
   */
  readonly encoderSeed?: number;
  /**
   * InstructPix2Pix: how close to the picture, 0 to 30; 1, and none, count the picture as part of both prompts.
   * A1111's page has 1.5. Other models take no notice.
   */
  readonly imageCfgScale?: number;
  /**
   * Gives what is drawn the colours of the picture that it starts from, as it is laid out for the encoder; default
   * not (A1111: `img2img_color_correction`).
   */
  readonly matchColours?: boolean;
};

export type RunOptions = {
  readonly signal?: AbortSignal;
  /** Previews (latents to RGB) every n steps; 0 (default) makes none. */
  readonly previewEvery?: number;
  /** Program name and version for the infotext's "Version". */
  readonly version?: string;
  /** Where the files are that prompts name; default: there are none. */
  readonly adapters?: AdapterLookup;
  /** Folders with models, in whose `ESRGAN`, `RealESRGAN` ... upscalers are looked for; default none. */
  readonly upscalerFolders?: readonly string[];
  /** Bytes of memory that may be used beside the weights; default: what the system says is available. */
  readonly memoryLimit?: number;
};

export type GenerationEvent =
  | {
      readonly type: 'started';
      readonly seeds: readonly number[];
      readonly width: number;
      readonly height: number;
      readonly steps: number;
      readonly pictures: number;
      /** Parts of the request that will not be heeded, in words. */
      readonly warnings?: readonly string[];
    }
  | {
      readonly type: 'step';
      /** 1-based number of the finished denoiser step over all batches, of `steps` in all. */
      readonly step: number;
      readonly steps: number;
      /** 0 to 1, decoding included. */
      readonly fraction: number;
      /** Seconds until the last picture, from the measured pace. */
      readonly secondsRemaining: number;
      readonly preview?: RgbImage;
    }
  | {
      readonly type: 'picture';
      /** 0-based over all batches. */
      readonly index: number;
      readonly seed: number;
      readonly subseed: number;
      readonly image: RgbImage;
      /** Where a mask that is not empty `returns` them; with the finished picture's size where the original is laid on. */
      readonly mask?: RgbImage;
      readonly composite?: RgbaImage;
      /** A1111's generation parameters of this picture. */
      readonly infotext: string;
    }
  | { readonly type: 'done'; readonly seconds: number };

/** What a checkpoint is, from its tensors alone. */
export type CheckpointInfo = {
  readonly path: string;
  /** File name without its extension. */
  readonly name: string;
  /** 'sd1', 'sd2', 'sdxl', ... */
  readonly architecture: string;
  /** e.g. "Stable Diffusion 1", "Stable Diffusion 1 inpainting". */
  readonly title: string;
  readonly precision: 'f32' | 'f16' | 'bf16' | 'f8' | 'mixed';
  readonly parameters: number;
  readonly bytes: number;
  /** Pixels along one side of a latent element: 8 for real models. */
  readonly latentFactor: number;
  readonly sha256?: string;
};

/** A loaded checkpoint; release it with `await model.dispose()` or `await using`. */
export type Model = AsyncDisposable & {
  readonly info: CheckpointInfo;
  readonly card: ModelCard;
  dispose(): Promise<void>;
};
