import type { EmphasisMode } from '../api.ts';
import type { Condition, Conditioning, ConditioningAt } from '../denoiser/condition.ts';
import type { TextEncoder } from '../denoiser/network.ts';
import { rowOf } from '../denoiser/rows.ts';
import { encodeGroup } from '../prompt/encode-group.ts';
import type { PromptPlan } from '../prompt/prompt-plan.ts';

/**
 * Encodes all texts of a plan, and tells for each call of the denoiser what guides a batch.
 * @returns a function of the number of pictures in the batch; they share their prompts.
 */
export async function conditioningOf(
  plan: PromptPlan,
  encode: TextEncoder,
  emphasis: EmphasisMode,
  clipSkip: number,
): Promise<(pictures: number) => ConditioningAt> {
  const conditions: (readonly Condition[])[] = [];
  for (const group of plan.groups) {
    const contexts = await encodeGroup(group, emphasis, async (chunks) => {
      const tokens = chunks.map((chunk) => chunk.tokens);
      return (await encode(tokens, clipSkip)).hidden;
    });
    conditions.push(contexts.map((context) => ({ context: rowOf(context, 0) })));
  }

  return (pictures) =>
    (call): Conditioning => {
      const { positive, negative } = plan.conditionsAt(call);
      const parts = positive.map(({ group, text, weight }) => ({
        condition: conditions[group][text],
        weight,
      }));
      return {
        positive: Array.from({ length: pictures }, () => parts),
        negative: Array.from({ length: pictures }, () => conditions[negative.group][negative.text]),
      };
    };
}
