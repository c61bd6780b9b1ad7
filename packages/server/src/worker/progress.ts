/** How far a generation is, over all its drawings and over earlier attempts. */
import type { Progress } from '@bottega/contract';
import type { GenerationEvent } from '@bottega/diffusion';
import type { ResolvedRecipe } from '../db/schema.ts';
import type { Remaining } from './request.ts';

type Step = Pick<
  Extract<GenerationEvent, { type: 'step' }>,
  'step' | 'steps' | 'fraction' | 'secondsRemaining'
>;

/** Counted over all batches of one drawing, those included that an earlier attempt drew. */
export function progressOf(step: Step, { batches, remainingBatches }: Remaining): Progress {
  const before = batches - remainingBatches;
  const stepsOfBatch = step.steps / remainingBatches;
  return {
    step: Math.round(before * stepsOfBatch) + step.step,
    steps: Math.round(batches * stepsOfBatch),
    fraction: (before + step.fraction * remainingBatches) / batches,
    secondsRemaining: step.secondsRemaining,
  };
}

export type WholeProgress = {
  /** Call when a drawing begins. @param fraction Of it that exists already. */
  begin(drawing: number, fraction: number): void;
  /** @param own Of the drawing that began last. */
  of(own: Progress): Progress;
};

/**
 * Adds drawings up by their work: steps times pixels times pictures. What is still to come takes as long for its work
 * as what was drawn so far, loading included; until something is finished, as long as the current drawing is said to
 * take.
 * @param recipes In the order of drawing. @param now Milliseconds.
 */
export function createWholeProgress(
  recipes: readonly ResolvedRecipe[],
  now: () => number = () => performance.now(),
): WholeProgress {
  const works = recipes.map(workOf);
  const steps = recipes.map((recipe) => recipe.steps * recipe.batchCount);
  let current = 0;
  let before = 0;
  let hasBegun = false;
  const start = now();
  /** Work of this attempt in finished drawings. */
  let drawn = 0;

  return {
    begin: (drawing, fraction) => {
      if (hasBegun) drawn += works[current] * (1 - before);
      hasBegun = true;
      current = drawing;
      before = fraction;
    },
    of: (own) => {
      const after = sum(works.slice(current + 1));
      const elapsed = (now() - start) / 1000;
      const work = drawn + works[current] * (1 - before);
      const rate = work === 0 ? 0 : (elapsed + own.secondsRemaining) / work;
      return {
        step: sum(steps.slice(0, current)) + own.step,
        steps: sum(steps.slice(0, current)) + own.steps + sum(steps.slice(current + 1)),
        fraction: (sum(works.slice(0, current)) + own.fraction * works[current]) / sum(works),
        secondsRemaining: own.secondsRemaining + rate * after,
      };
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function workOf({ steps, width, height, batchSize, batchCount, hires }: ResolvedRecipe): number {
  const scale = hires === undefined ? 0 : (hires.scale ?? 2);
  const first = hires?.firstPass === undefined ? 1 : 0;
  return (first + scale * scale) * steps * width * height * batchSize * batchCount;
}
