import { EngineError } from '../errors.ts';
import { combine } from '../sampler/arithmetic.ts';
import type { Term } from '../sampler/arithmetic.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { withEqualLengths } from './condition.ts';
import type { Conditioning, ConditioningAt } from './condition.ts';
import { evaluate } from './evaluate.ts';
import type { Question } from './evaluate.ts';
import { blendAt } from './mask.ts';
import type { Mask } from './mask.ts';
import type { Network } from './network.ts';
import type { Precondition } from './preconditioning.ts';
import { rowOf, stackRows } from './rows.ts';

/** The network's answer for a batch: with guidance, and for the negative prompt alone. */
export type Guided = { readonly guided: Tensor; readonly negative: Tensor };

export type GuidanceInput = {
  readonly network: Network;
  readonly precondition: Precondition;
  readonly conditioning: ConditioningAt;
  /** How far from the negative prompt; 1 follows the positive one alone. */
  readonly scale: number;
  /** Edit models: how close to the picture. Absent or 1, the picture counts as part of both prompts. */
  readonly imageScale?: number;
  /** More channels of inpainting and edit models, `[batch, n, h, w]`. */
  readonly imageCondition?: Tensor;
  readonly mask?: Mask;
  /** Whether the original is put back into what the network sees or into what it answers. */
  readonly maskWhen: 'before' | 'after';
  /** Whether the solver reads the negative answer even where guidance would not need it. */
  readonly needsNegative: boolean;
  /** Calls that make the whole, for `skipEarlyCond`. */
  readonly plannedCalls: number;
  readonly skipEarlyCond: number;
  readonly sMinUncond: number;
  readonly sMinUncondAll: boolean;
  /** Whether positive and negative conditions share evaluations. */
  readonly batched: boolean;
  /** Another model that takes over on the way. */
  readonly relay?: Relay;
  readonly signal?: AbortSignal;
  /** Told which infotext keys apply once an option has left out the negative prompt, or changed conditions. */
  readonly onExtras: (extras: Readonly<Record<string, number | boolean>>) => void;
};

/** A hand-over from one model to another. */
export type Relay = {
  /** Asked before each call until it is. */
  readonly isDue: (level: number, call: number) => boolean;
  readonly take: () => Promise<Pick<GuidanceInput, 'network' | 'precondition' | 'conditioning'>>;
};

/**
 * Classifier-free guidance. Ho and Salimans: "Classifier-free diffusion guidance" (2022); several weighted positive
 * prompts after Liu et al.: "Compositional visual generation with composable diffusion models" (2022).
 * @returns a function of a batch and its level that counts its calls, for prompts that change on the way.
 * @throws EngineError 'generation.cancelled' once the signal is aborted.
 */
export function guidance(first: GuidanceInput): (x: Tensor, level: number) => Promise<Guided> {
  const { mask, maskWhen, imageScale = 1 } = first;
  let input = first;
  let { relay } = first;
  let call = 0;
  return async (given, level) => {
    if (input.signal?.aborted) throw new EngineError('generation.cancelled');
    if (relay?.isDue(level, call)) {
      input = { ...input, ...(await relay.take()) };
      relay = undefined;
    }
    const x = mask && maskWhen === 'before' ? blendAt(given, mask, level) : given;
    const conditioning = input.conditioning(call);
    if (conditioning.extras) input.onExtras(conditioning.extras);
    const answer =
      imageScale === 1
        ? await guidePrompts(input, conditioning, x, level, skipsNegative(input, call, level))
        : await guideEdit(input, conditioning, x, level);
    call++;
    return mask && maskWhen === 'after' ? { ...answer, guided: blendAt(answer.guided, mask, level) } : answer;
  };
}

/** Whether an option leaves out the negative prompt at this call. */
function skipsNegative(input: GuidanceInput, call: number, level: number): boolean {
  const { skipEarlyCond, sMinUncond, sMinUncondAll } = input;
  if (skipEarlyCond !== 0 && call / input.plannedCalls <= skipEarlyCond) {
    input.onExtras({ 'Skip Early CFG': skipEarlyCond });
    return true;
  }
  if ((call % 2 === 1 || sMinUncondAll) && level < sMinUncond) {
    input.onExtras({ NGMS: sMinUncond, ...(sMinUncondAll && { 'NGMS all steps': true }) });
    return true;
  }
  return false;
}

async function guidePrompts(
  input: GuidanceInput,
  { positive, negative }: Conditioning,
  x: Tensor,
  level: number,
  skip: boolean,
): Promise<Guided> {
  const scale = skip ? 1 : input.scale;
  const followsOne = scale === 1 && positive.every((parts) => parts.length === 1 && parts[0].weight === 1);
  const withNegative = !skip && (input.needsNegative || !followsOne);
  const owners = positive.flatMap((parts, picture) => parts.map(() => picture));
  const conditions = withEqualLengths(positive.flat().map(({ condition }) => condition));
  const question = (picture: number, condition: Question['condition'], isPositive: boolean): Question => ({
    x: rowOf(x, picture),
    condition,
    isPositive,
    image: input.imageCondition && rowOf(input.imageCondition, picture),
  });
  const answers = await ask(input, level, x, [
    ...conditions.map((condition, i) => question(owners[i], condition, true)),
    ...(withNegative ? negative.map((condition, picture) => question(picture, condition, false)) : []),
  ]);
  const guided = positive.map((parts, picture) => {
    const first = owners.indexOf(picture);
    const base = withNegative ? answers[conditions.length + picture] : answers[first];
    const terms = parts.map(({ weight }, i): Term => [weight * scale, answers[first + i]]);
    const rest = 1 - terms.reduce((sum, [factor]) => sum + factor, 0);
    return { guided: combine([rest, base], ...terms), negative: base };
  });
  return {
    guided: stackRows(guided.map((row) => row.guided)),
    negative: stackRows(guided.map((row) => row.negative)),
  };
}

/** Two guidances at once. Brooks et al.: "InstructPix2Pix" (2022), equation 3. */
async function guideEdit(
  input: GuidanceInput,
  { positive, negative }: Conditioning,
  x: Tensor,
  level: number,
): Promise<Guided> {
  const { scale, imageScale = 1, imageCondition } = input;
  const pictures = positive.map((parts, picture) => {
    const image = imageCondition && rowOf(imageCondition, picture);
    const nothing = image && tensor(image.shape);
    return { x: rowOf(x, picture), parts, negative: negative[picture], image, nothing };
  });
  const prompts = withEqualLengths(pictures.map(({ parts }) => parts[0].condition));
  const answers = await ask(input, level, x, [
    ...pictures.map(({ x, image }, i) => ({ x, condition: prompts[i], image, isPositive: true })),
    ...pictures.map(({ x, image, negative }) => ({ x, condition: negative, image, isPositive: false })),
    ...pictures.map(({ x, nothing, negative }) => ({
      x,
      condition: negative,
      image: nothing,
      isPositive: false,
    })),
  ]);
  const count = pictures.length;
  const guided = pictures.map((_, i) =>
    combine(
      [scale, answers[i]],
      [imageScale - scale, answers[count + i]],
      [1 - imageScale, answers[2 * count + i]],
    ),
  );
  return { guided: stackRows(guided), negative: stackRows(answers.slice(2 * count)) };
}

function ask(
  { network, precondition, batched }: GuidanceInput,
  level: number,
  x: Tensor,
  questions: readonly Question[],
): Promise<readonly Tensor[]> {
  return evaluate(network, precondition(level), questions, batched ? questions.length : x.shape[0]);
}
