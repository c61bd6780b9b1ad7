import { api, orError } from '#lib/server/api.ts';
import type { PageServerLoad } from './$types';

/** A picture, and the others of its generation in the gallery's order, newest first. */
export const load: PageServerLoad = async ({ params }) => {
  const picture = await orError(api.getPicture(params.id));
  const generation = await api.getGeneration(picture.generationId).catch(() => undefined);
  const siblings = (generation?.pictures ?? [picture]).map(({ id }) => id).toReversed();
  return { picture, siblings };
};
