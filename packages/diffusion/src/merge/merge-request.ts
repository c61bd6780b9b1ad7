/** `b` mixed into `a`; what `b` has more than `c` added to `a`; or `a` as it is, converted. */
export type MergeMethod = 'weighted-sum' | 'add-difference' | 'no-interpolation';

/** What is merged, and how; A1111's checkpoint merger. Files are paths. */
export type MergeRequest = {
  readonly a: string;
  /** Needed but for 'no-interpolation'. */
  readonly b?: string;
  /** Needed for 'add-difference'. */
  readonly c?: string;
  /** Default 'weighted-sum' where there is a `b`, else 'no-interpolation'. */
  readonly method?: MergeMethod;
  /** (1 - ratio) a + ratio b, or a + ratio (b - c): -4 to 4, default 0.3. */
  readonly ratio?: number;
  /** Merged float32 weights are written as float16; default false. */
  readonly half?: boolean;
  /** A VAE, or a checkpoint that has one, whose weights replace those of `a`. */
  readonly vae?: string;
  /** Tensors in whose name this regular expression finds something are left out. */
  readonly discard?: string;
  /** Whose card and configuration (`.json`, `.yaml` beside the file) the result gets; default 'first' that has one. */
  readonly configFrom?: 'first' | 'b' | 'c' | 'none';
  /** Whether the file says how it was made, as A1111's do; reads all files once more for their hashes. Default true. */
  readonly metadata?: boolean;
  /** Where the result is written. */
  readonly folder: string;
  /** Without extension; default A1111's, such as "0.7(a) + 0.3(b)". */
  readonly name?: string;
};

export type MergeOptions = {
  /** Heard between pieces of some megabytes. */
  readonly signal?: AbortSignal;
  /** Called with the share that is done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
};

export type MergeResult = {
  readonly path: string;
  /** Without extension. */
  readonly name: string;
  readonly bytes: number;
};
