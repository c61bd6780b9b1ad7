/** What the runtime's thread is asked, and what it answers. */
import type { Tensor } from '../tensor.ts';

/** What a session takes: float32 tensors, or token ids. */
export type Feed = Tensor | { readonly shape: readonly number[]; readonly data: BigInt64Array };

/** How the runtime is to treat a model; everything is decided, nothing left to defaults. */
export type RuntimeSettings = {
  readonly optimise: boolean;
  /** Whether weights are laid out anew for the processor as the session opens. */
  readonly prepack: boolean;
  readonly threads: number;
  readonly device: string;
  /** The folder that the locations of weights are relative to. */
  readonly weightsFolder: string;
};

export type Task =
  | { readonly task: 'open'; readonly model: Uint8Array<ArrayBuffer>; readonly settings: RuntimeSettings }
  | {
      readonly task: 'run';
      readonly session: number;
      readonly feeds: Readonly<Record<string, Feed>>;
      readonly outputs: readonly string[];
      /** The number of results that are kept and fed too, under the names they were given as. */
      readonly kept?: number;
    }
  | {
      /** Runs, and keeps the results under a number that is not taken yet. */
      readonly task: 'keep';
      readonly session: number;
      readonly feeds: Readonly<Record<string, Feed>>;
      readonly outputs: readonly string[];
      readonly as: number;
    }
  | { readonly task: 'forget'; readonly kept: number }
  | { readonly task: 'close'; readonly session: number };

/** The number of a new session, the tensors that a run gives, or nothing. */
export type Result = { readonly session: number } | { readonly tensors: readonly Tensor[] } | undefined;

export type Request = Task & { readonly id: number };

export type Response =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly error: string };
