/** A recorded recipe as an order to the engine, less what is drawn already. */
import type { TextToImageRequest } from '@bottega/diffusion';
import type { ResolvedRecipe } from '../db/schema.ts';

export type Remaining = {
  readonly request: TextToImageRequest;
  /** Pictures before the first that is drawn now. */
  readonly skipped: number;
  /** Batches of all, and those that are drawn now. */
  readonly batches: number;
  readonly remainingBatches: number;
};

/**
 * Whole batches that are stored are left out: picture k has the seed + k (with a variation, the subseed + k), so that
 * the rest comes out as if it had been drawn together.
 * @param stored Indices of the pictures that exist.
 * @returns `undefined` where nothing is left.
 */
export function remainingRequest(
  recipe: ResolvedRecipe,
  stored: Pick<ReadonlySet<number>, 'has'>,
): Remaining | undefined {
  const { batchSize, batchCount } = recipe;
  let done = 0;
  while (done < batchCount && isStored(done, batchSize, stored)) done++;
  if (done === batchCount) return undefined;
  const skipped = done * batchSize;
  const isVaried = (recipe.subseedStrength ?? 0) > 0;
  const { model: _, start: __, controls: ___, hires: ____, vae: _____, refiner: ______, ...request } = recipe;
  return {
    skipped,
    batches: batchCount,
    remainingBatches: batchCount - done,
    request: {
      ...request,
      batchCount: batchCount - done,
      seed: isVaried ? recipe.seed : recipe.seed + skipped,
      ...(isVaried && { subseed: (recipe.subseed ?? 0) + skipped }),
    },
  };
}

function isStored(batch: number, batchSize: number, stored: Pick<ReadonlySet<number>, 'has'>): boolean {
  for (let i = 0; i < batchSize; i++) if (!stored.has(batch * batchSize + i)) return false;
  return true;
}
