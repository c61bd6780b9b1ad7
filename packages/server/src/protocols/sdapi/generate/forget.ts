import type { Generation } from '@bottega/contract';
import type { SdapiServices } from '../services.ts';

/** Removes what was drawn for an answer only. Never throws. */
export async function forget(
  generations: readonly Generation[],
  { studio, log }: SdapiServices,
): Promise<void> {
  for (const { id } of generations) {
    await studio.remove(id).catch((error: unknown) => {
      // Somebody else may have deleted it; in the worst case a picture stays in the gallery.
      log.debug('pictures of an API client were not removed', { id, error });
    });
  }
}
