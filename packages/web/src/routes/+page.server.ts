import { api, orError } from '#lib/server/api.ts';
import { recipeOfPicture } from '#lib/studio/draft.ts';
import type { PageServerLoad } from './$types';

/** Everything that the studio shows at first; `?reuse=ID` brings a picture's recipe along. */
export const load: PageServerLoad = async ({ url }) => {
  const wanted = url.searchParams.get('reuse');
  const [{ models }, choices, status, queue, recent, reuse] = await Promise.all([
    orError(api.listModels()),
    orError(api.listChoices()),
    orError(api.status()),
    orError(api.getQueue()),
    orError(api.listGenerations({ limit: 24 })),
    wanted === null ? undefined : recipeOf(wanted),
  ]);
  return { models, choices, status, queue, recent: recent.generations, reuse };
};

async function recipeOf(id: string) {
  const picture = await orError(api.getPicture(id));
  const generation = await orError(api.getGeneration(picture.generationId));
  return { ...recipeOfPicture(generation.recipe, picture.seed), model: generation.model };
}
