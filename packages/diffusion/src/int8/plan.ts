/** How a network is computed with 8-bit integers; the figures behind it are in docs/decisions/0013-speed.md. */
export type IntegerPlan = {
  /** What the names of weights have whose layers stay in floats. */
  readonly kept: RegExp;
  /** What the names of weights have whose results are taken apart in two: each half is computed by itself then. */
  readonly halved?: RegExp;
  /** Runs in floats before integers take over. */
  readonly watchedRuns: number;
};

/**
 * In floats stay: where the picture enters and leaves, where every error shows; what tells of the moment and of the
 * vector, small and heard everywhere; keys and values of the text, which are computed once a picture; what adapters
 * add, small and in no checkpoint.
 * With guidance in one batch a run is a step.
 */
export const unetIntegers: IntegerPlan = {
  kept: /\.input_blocks\.0\.0\.|\.out\.2\.|\.time_embed\.|\.label_emb\.|\.emb_layers\.|\.attn2\.to_[kv]\.|^(adapter|hypernetwork) /,
  halved: /\.ff\.net\.0\.proj\./,
  watchedRuns: 3,
};

/** As the UNet whose half it is, but for what it hands over, which nothing has normalised. */
export const controlNetIntegers: IntegerPlan = {
  ...unetIntegers,
  kept: new RegExp(`${unetIntegers.kept.source}|\\.zero_convs\\.|\\.middle_block_out\\.`),
};

/** In floats stay: where latents enter and pixels leave, and the shortcuts around blocks. A run is a picture. */
export const decoderIntegers: IntegerPlan = {
  kept: /(^|\.)(post_quant_conv|conv_in|conv_out|nin_shortcut)\./,
  watchedRuns: 2,
};
