/** Has a job drawn by the studio, and waits for it. */
import { AppError, type Generation, type Picture, type RecipeInput } from '@bottega/contract';
import { engineStatus } from '../../../errors/engine-status.ts';
import { refusal, SdapiRefusal } from '../refusal.ts';
import type { SdapiServices } from '../services.ts';
import type { Task } from '../tasks.ts';

export type Order = {
  /** Whether the pictures have somebody to go to when the client has gone. */
  readonly save: boolean;
  readonly batchSize: number;
  readonly batchCount: number;
  /** The recipe without so many batches at its beginning. */
  readonly recipe: (skippedBatches: number) => RecipeInput;
};

export type Drawn = {
  /** The generations that drew them, in order; the last ended last. */
  readonly generations: readonly Generation[];
  readonly pictures: readonly Picture[];
};

/**
 * An interrupted job gives the pictures that it finished. Of a skipped batch nothing is left; the job goes on with
 * the next one as a generation of its own, since the studio knows no half generations.
 * @param signal Aborted when the client has gone: a generation whose pictures are not kept goes with it, so that
 * nobody waits for what nobody gets.
 * @throws SdapiRefusal where drawing fails; what the studio throws for a recipe that it does not accept.
 */
export async function draw(
  studio: SdapiServices['studio'],
  task: Task,
  order: Order,
  signal: AbortSignal,
): Promise<Drawn> {
  const generations: Generation[] = [];
  let skippedBatches = 0;
  do {
    task.skipped = false;
    const { id } = await studio.create(order.recipe(skippedBatches));
    task.generation = id;
    const ended = await ending(studio, id, order, signal);
    if (ended.state === 'failed') {
      await studio.remove(id);
      throw failure(ended);
    }
    generations.push(ended);
    if (ended.state === 'done') break;
    skippedBatches += Math.floor(ended.pictures.length / order.batchSize) + 1;
  } while (task.skipped && !task.interrupted && skippedBatches < order.batchCount);
  return { generations, pictures: generations.flatMap(({ pictures }) => pictures) };
}

async function ending(
  studio: SdapiServices['studio'],
  id: string,
  { save }: Order,
  signal: AbortSignal,
): Promise<Generation> {
  try {
    // Kept pictures do not need the client; the task stays known, so that it can still be interrupted.
    return await studio.finished(id, save ? undefined : signal);
  } catch (error) {
    if (signal.aborted && !save) await studio.remove(id);
    const isDeleted = error instanceof AppError && error.code === 'generation.unknown';
    throw isDeleted ? refusal(500, 'The job was deleted while it waited or ran.', { cause: error }) : error;
  }
}

/** What the engine found wrong with the request is the client's affair, though it shows only in drawing. */
const statuses: Readonly<Record<string, number>> = engineStatus;

function failure({ error }: Generation): SdapiRefusal {
  const { code = 'server.failed', message = 'Drawing failed.' } = error ?? {};
  return new SdapiRefusal(statuses[code] ?? 500, { error: code, detail: message, errors: message });
}
