import type { Graph } from '@bottega/graph';
import type { ArchitectureOverrides } from '../../api.ts';
import type { Prediction } from '../../denoiser/preconditioning.ts';
import type { PreviewFactors } from './preview-factors.ts';
import type { ClipDialect } from '../../tokenizer/clip-tokenizer.ts';
import type { EncoderName } from '../../embedding/read-embedding.ts';
import type { Shapes } from '../shapes.ts';

/** What one architecture has that another has not; what its tensors tell is not repeated here. */
export type Family = {
  /** As `kindOf` names it. */
  readonly architecture: string;
  /** The UNet reads what they give, joined in this order on the last axis. */
  readonly textEncoders: readonly TextPart[];
  /** Latents are multiplied with this after encoding, so that their variance is about 1. */
  readonly latentScale: number;
  /** Which published Align Your Steps schedule suits it. */
  readonly alignedFor: 'sd1' | 'sdxl';
  /** What its UNet was trained to predict, where the file does not say; 'probe': its answer to pure noise tells. */
  readonly prediction: Prediction | 'probe';
  /** Previews of its published VAE. */
  readonly preview: PreviewFactors;
  /** What the TAESD decoder for its latents is called. */
  readonly tinyDecoder: 'taesd_decoder' | 'taesdxl_decoder';
  /**
   * The numbers that the UNet is told beside the pooled text; absent, it is told neither. Where it is, an empty
   * negative prompt counts as no text at all.
   */
  readonly told?: (about: About) => readonly number[];
};

/** What a model may be told of the picture it draws, in pixels, and how good it should be. */
export type About = {
  readonly width: number;
  readonly height: number;
  /** How much of the original was cut away. */
  readonly cropTop: number;
  readonly cropLeft: number;
  readonly aestheticScore: number;
};

/** One text encoder of an architecture. */
export type TextPart = {
  /** What the names of its weights begin with in a checkpoint. */
  readonly prefixIn: (shapes: Shapes) => string;
  /** The tensors that its sizes are derived from, with their numbers of axes. */
  readonly anchors: (prefix: string) => Readonly<Record<string, number>>;
  readonly configOf: (shapes: Shapes, prefix: string, overrides: ArchitectureOverrides) => TextConfig;
  readonly graph: (config: TextConfig) => Graph;
  /** Whether clip skip chooses among its layers: always, where A1111's `sdxl_clip_l_skip` asks for it, or never. */
  readonly heedsClipSkip: 'always' | 'if asked' | 'never';
  /** The graph's output that the UNet reads, at a clip skip of 1 or more where it is heeded. */
  readonly outputAt: (clipSkip?: number) => string;
  /** Whether the graph's `pooled` output steers the UNet too. */
  readonly isPooled: boolean;
  /** How it reads words. */
  readonly dialect: ClipDialect;
  /** What embeddings call their vectors for it. */
  readonly embedding: EncoderName;
  /** What fills up short texts; absent, the end of the text itself. */
  readonly paddingId?: number;
};

/** The sizes of a text encoder. */
export type TextConfig = {
  /** What the names of its weights begin with. */
  readonly prefix: string;
  readonly vocabulary: number;
  /** Longest sequence: 77. */
  readonly positions: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the layer inside each block. */
  readonly innerWidth: number;
  /** Width of the pooled output; 0 where there is none. */
  readonly pooledWidth: number;
  /** Of an OpenCLIP encoder: `transformers` names and cuts its weights in another way. */
  readonly layout?: 'open-clip' | 'transformers';
};
