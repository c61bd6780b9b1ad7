import { combine } from '../sampler/arithmetic.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import type { Condition } from './condition.ts';
import type { Network } from './network.ts';
import type { Preconditioning } from './preconditioning.ts';
import { joinChannels, rowOf, stackRows } from './rows.ts';

/** One picture to be seen under one condition. */
export type Question = {
  /** `[channels, h, w]` */
  readonly x: Tensor;
  readonly condition: Condition;
  /** More channels of an inpainting or edit model, `[n, h, w]`. */
  readonly image?: Tensor;
  /** Whether the condition is one to follow, not one to keep away from. */
  readonly isPositive: boolean;
};

/**
 * The network's answers in the solver's terms, in the order of the questions. Questions whose contexts have one
 * length share an evaluation, up to `perCall` of them.
 */
export async function evaluate(
  network: Network,
  { timestep, cIn, cSkip, cOut }: Preconditioning,
  questions: readonly Question[],
  perCall: number,
): Promise<readonly Tensor[]> {
  const answers: Tensor[] = [];
  for (const indices of groups(questions, perCall)) {
    const asked = indices.map((index) => questions[index]);
    const raw = await network({
      x: stackRows(asked.map(({ x, image }) => withImage(combine([cIn, x]), image))),
      timesteps: new Float32Array(asked.length).fill(timestep),
      context: stackRows(asked.map(({ condition }) => condition.context)),
      vector: stackVectors(asked),
      isPositive: asked.map(({ isPositive }) => isPositive),
    });
    asked.forEach(({ x }, row) => {
      answers[indices[row]] = combine([cSkip, x], [cOut, tensor(x.shape, rowOf(raw, row).data)]);
    });
  }
  return answers;
}

function groups(questions: readonly Question[], perCall: number): readonly (readonly number[])[] {
  const byLength = Map.groupBy(questions.keys(), (index) => questions[index].condition.context.shape[0]);
  return [...byLength.values()].flatMap((indices) =>
    Array.from({ length: Math.ceil(indices.length / perCall) }, (_, i) =>
      indices.slice(i * perCall, (i + 1) * perCall),
    ),
  );
}

function withImage(x: Tensor, image?: Tensor): Tensor {
  return image === undefined ? x : joinChannels(x, image);
}

function stackVectors(questions: readonly Question[]): Tensor | undefined {
  const vectors = questions.flatMap(({ condition }) => condition.vector ?? []);
  return vectors.length === 0 ? undefined : stackRows(vectors);
}
