import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { planPrompt } from './prompt-plan.ts';
import type { EncodingGroup, PromptPlan, PromptPlanOptions } from './prompt-plan.ts';

/**
 * Plans one pass of a picture for several text encoders, which read the same words with tokenizers of their own.
 * Where these disagree on the number of chunks, which only HTML entities can bring about and which the original
 * fails on, all read the first one's tokens.
 */
export function planPrompts(
  tokenizers: readonly Tokenizer[],
  options: Omit<PromptPlanOptions, 'tokenizer'>,
): readonly PromptPlan[] {
  const plans = tokenizers.map((tokenizer) => planPrompt({ ...options, tokenizer }));
  const [first] = plans;
  return plans.map((plan) =>
    plan.groups.every((group, i) => isAsLong(group, first.groups[i])) ? plan : first,
  );
}

function isAsLong(one: EncodingGroup, other: EncodingGroup): boolean {
  return one.texts.every(({ chunks }, i) => chunks.length === other.texts[i].chunks.length);
}
