import type { Graph } from '@bottega/graph';
import type { ArchitectureOverrides } from '../../api.ts';
import type { ClipDialect } from '../../tokenizer/clip-tokenizer.ts';
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
};

/** One text encoder of an architecture. */
export type TextPart = {
  /** What the names of its weights begin with in a checkpoint. */
  readonly prefixIn: (shapes: Shapes) => string;
  /** The tensors that its sizes are derived from, with their numbers of axes. */
  readonly anchors: (prefix: string) => Readonly<Record<string, number>>;
  readonly configOf: (shapes: Shapes, prefix: string, overrides: ArchitectureOverrides) => TextConfig;
  readonly graph: (config: TextConfig) => Graph;
  /** The graph's output that the UNet reads at a clip skip of 1 or more. */
  readonly outputAt: (clipSkip: number) => string;
  /** How many clip skips differ: every layer's, or 1 where clip skip is not heeded. */
  readonly clipSkips: (config: TextConfig) => number;
  /** Whether the graph's `pooled` output steers the UNet too. */
  readonly isPooled: boolean;
  /** How it reads words. */
  readonly dialect: ClipDialect;
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
};
