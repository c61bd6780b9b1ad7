import { api, orError } from '#lib/server/api.ts';
import { recipeOfPicture } from '#lib/studio/draft.ts';
import { fetchSnapshot } from '#lib/studio/snapshot.ts';
import type { PageServerLoad } from './$types';

/** Everything that the studio shows at first; `?reuse=ID` brings a picture's recipe along. */
export const load: PageServerLoad = async ({ url }) => {
  const wanted = url.searchParams.get('reuse');
  const [{ models }, choices, snapshot, reuse] = await Promise.all([
    orError(api.listModels()),
    orError(api.listChoices()),
    orError(fetchSnapshot(api)),
    wanted === null ? undefined : recipeOf(wanted),
  ]);
  return { models, choices, snapshot, reuse };
};

async function recipeOf(id: string) {
  const picture = await orError(api.getPicture(id));
  const generation = await orError(api.getGeneration(picture.generationId));
  return { ...recipeOfPicture(generation.recipe, picture.seed), model: generation.model };
}
