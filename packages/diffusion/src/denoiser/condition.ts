import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/** What steers the network towards one prompt, for one picture. */
export type Condition = {
  /** The text encoder's output, `[77 * chunks, width]`. */
  readonly context: Tensor;
  /** SDXL's pooled text and sizes, `[n]`. */
  readonly vector?: Tensor;
};

/** One of the prompts joined by AND. */
export type WeightedCondition = { readonly condition: Condition; readonly weight: number };

/** What steers a batch at one evaluation. */
export type Conditioning = {
  /** By picture: at least one. */
  readonly positive: readonly (readonly WeightedCondition[])[];
  /** By picture. */
  readonly negative: readonly Condition[];
  /** Infotext keys of what was done to them. */
  readonly extras?: Readonly<Record<string, boolean>>;
};

/** Prompt schedules: the conditions of an evaluation, counted from 0. */
export type ConditioningAt = (call: number) => Conditioning;

/**
 * Conditions of one length: A1111 repeats the last token's vector of shorter ones so that prompts of different
 * numbers of chunks fit into one batch.
 */
export function withEqualLengths(conditions: readonly Condition[]): readonly Condition[] {
  const longest = Math.max(...conditions.map(({ context }) => context.shape[0]));
  return conditions.map((condition) => {
    const [length, width] = condition.context.shape;
    if (length === longest) return condition;
    const context = tensor([longest, width]);
    context.data.set(condition.context.data);
    const last = condition.context.data.subarray((length - 1) * width);
    for (let token = length; token < longest; token++) context.data.set(last, token * width);
    return { ...condition, context };
  });
}
