import type { EmphasisMode } from '../api.ts';
import type { Condition, Conditioning, ConditioningAt } from '../denoiser/condition.ts';
import type { TextEncoder } from '../denoiser/network.ts';
import { padConditions } from '../denoiser/pad-conditions.ts';
import type { ConditionPadding } from '../denoiser/pad-conditions.ts';
import { rowOf } from '../denoiser/rows.ts';
import { heededClipSkip } from '../models/families/clip-skip.ts';
import type { Family } from '../models/families/family.ts';
import { emptyChunk, padAfterEnd } from '../prompt/chunks.ts';
import { encodeGroup } from '../prompt/encode-group.ts';
import type { EncodedGroup } from '../prompt/encode-group.ts';
import { placeEmbeddings } from '../prompt/place-embeddings.ts';
import type { LearnedWords } from '../prompt/place-embeddings.ts';
import type { EncodingGroup, PromptPlan } from '../prompt/prompt-plan.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import type { ModelOptions } from './model-options.ts';
import type { Size } from './picture-size.ts';
import { waves } from './waves.ts';

export type ConditioningInput = {
  readonly family: Family;
  /** One for each text encoder of the family, as are the plans. */
  readonly encoders: readonly TextEncoder[];
  /** They differ in tokens only. */
  readonly plans: readonly PromptPlan[];
  /** The tokens that begin and end a text. */
  readonly startId: number;
  readonly endId: number;
  /** The words that the plans put in. */
  readonly learned?: LearnedWords;
  readonly emphasis: EmphasisMode;
  readonly clipSkip: number;
  /** At which the networks draw. */
  readonly size: Size;
  readonly options: ModelOptions;
};

/**
 * Encodes all texts of a plan, and tells for each call of the denoiser what guides a batch.
 * @returns a function of the number of pictures in the batch; they share their prompts.
 */
export async function conditioningOf(
  input: ConditioningInput,
): Promise<(pictures: number) => ConditioningAt> {
  const [plan] = input.plans;
  const positives: (readonly Condition[])[] = [];
  const negatives: (readonly Condition[])[] = [];
  for (const [index, group] of plan.groups.entries()) {
    const encoded: EncodedGroup[] = [];
    for (const [part, own] of input.plans.entries()) {
      encoded.push(await encodePart(input, part, own.groups[index]));
    }
    positives.push(conditionsOf(input, group, encoded, false));
    negatives.push(conditionsOf(input, group, encoded, true));
  }

  const padding = await paddingOf(input);
  return (pictures) =>
    (call): Conditioning => {
      const { positive, negative } = plan.conditionsAt(call);
      const parts = positive.map(({ group, text, weight }) => ({
        condition: positives[group][text],
        weight,
      }));
      const conditioning = {
        positive: Array.from({ length: pictures }, () => parts),
        negative: Array.from({ length: pictures }, () => negatives[negative.group][negative.text]),
      };
      return padding === undefined ? conditioning : padConditions(conditioning, padding);
    };
}

/** The old way stands above the other, as in A1111. */
async function paddingOf(input: ConditioningInput): Promise<ConditionPadding | undefined> {
  const { options, plans, startId, endId } = input;
  if (options.padsConditionsAsOnce) return 'last token';
  if (!options.padsConditions) return undefined;
  const nothing = { texts: [{ text: '', count: 1, chunks: [emptyChunk({ startId, endId })] }] };
  const encoded: EncodedGroup[] = [];
  for (const part of plans.keys()) encoded.push(await encodePart(input, part, nothing));
  return { emptyText: joinWidths(encoded.map(({ contexts }) => rowOf(contexts[0], 0))) };
}

async function encodePart(
  { family, encoders, learned, emphasis, clipSkip, options, endId }: ConditioningInput,
  index: number,
  group: EncodingGroup,
): Promise<EncodedGroup> {
  const part = family.textEncoders[index];
  const heeded = heededClipSkip(part, clipSkip, options.clipLSkip);
  return await encodeGroup(group, emphasis, (chunks) =>
    encoders[index](
      chunks.map(({ tokens, fixes }) => {
        const padded = padAfterEnd(tokens, endId, part.paddingId ?? endId);
        return learned === undefined ? padded : placeEmbeddings(padded, fixes, learned);
      }),
      heeded,
      learned?.vectors[index],
    ),
  );
}

function conditionsOf(
  { family, size, options }: ConditioningInput,
  { texts }: EncodingGroup,
  parts: readonly EncodedGroup[],
  isNegative: boolean,
): readonly Condition[] {
  const contexts = texts.map((_, text) => joinWidths(parts.map((part) => rowOf(part.contexts[text], 0))));
  const pooled = parts.find((part) => part.pooled)?.pooled;
  if (family.told === undefined || pooled === undefined) return contexts.map((context) => ({ context }));

  const { cropTop, cropLeft } = options;
  const aestheticScore = isNegative ? options.lowAestheticScore : options.highAestheticScore;
  const told = waves(family.told({ ...size, cropTop, cropLeft, aestheticScore }));
  const isNothing = isNegative && texts.every(({ text }) => text === '');
  return contexts.map((context, text) => {
    const own = rowOf(pooled, text);
    const vector = tensor([own.data.length + told.length]);
    if (!isNothing) vector.data.set(own.data);
    vector.data.set(told, own.data.length);
    return { context: isNothing ? tensor(context.shape) : context, vector };
  });
}

/** Tensors `[tokens, width]` side by side. */
function joinWidths(parts: readonly Tensor[]): Tensor {
  if (parts.length === 1) return parts[0];
  const [tokens] = parts[0].shape;
  const width = parts.reduce((sum, { shape }) => sum + shape[1], 0);
  const joined = tensor([tokens, width]);
  let left = 0;
  for (const { shape, data } of parts) {
    for (let token = 0; token < tokens; token++) {
      joined.data.set(data.subarray(token * shape[1], (token + 1) * shape[1]), token * width + left);
    }
    left += shape[1];
  }
  return joined;
}
