/** Has a script drawn by the studio, and answers as A1111 does. */
import type { Generation, ModelInfo, Picture, RecipeInput, Script, sdapi } from '@bottega/contract';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { draw } from '../generate/draw.ts';
import { describeJob } from '../generate/info.ts';
import { forget } from '../generate/forget.ts';
import { listUpscalers } from '../lists/upscalers.ts';
import type { SdapiServices } from '../services.ts';
import type { Task } from '../tasks.ts';
import type { AskedScript } from './asked-script.ts';
import { collectShown } from './collect.ts';
import { cellsOf, sheetsOf } from './selectable.ts';

export type ScriptJob = {
  readonly request: sdapi.Txt2ImgRequest | sdapi.Img2ImgRequest;
  readonly settings: JsonObject;
  readonly script: AskedScript;
  /** Of the request without its script. */
  readonly recipe: RecipeInput;
  readonly sampler: string;
  readonly model: ModelInfo | undefined;
};

/** @throws what drawing throws. */
export async function drawScript(
  services: SdapiServices,
  task: Task,
  job: ScriptJob,
  signal: AbortSignal,
): Promise<sdapi.GenerationResponse> {
  const { request, settings, script, sampler, model } = job;
  const { save_images: save } = request;
  const upscalers = listUpscalers(await services.upscalers.list()).map(({ name }) => name);
  const { complete = (one) => one } = script.selected;
  const recipe = recipeOf(job, complete(script.script, { upscalers }));
  const order = { save, batchSize: 1, batchCount: 1, recipe: () => recipe };
  const { generations } = await draw(services.studio, task, order, signal);
  const [generation] = generations;
  const shown = script.selected.show(generation, script.args, settings);
  const { files, infotexts } = await collectShown(services.media, shown, settings);
  // The client need not wait for that.
  if (!save) void forget(generations, services);

  const { seed = -1, subseed = -1, subseedStrength: strength = 0 } = generation.recipe;
  const described = describeJob({
    request,
    settings,
    seeds: { seed, subseed, strength },
    prompt: generation.recipe.prompt,
    negativePrompt: generation.recipe.negativePrompt,
    sampler,
    model,
    infotexts,
    hasGrid: false,
    startedAt: new Date(generation.startedAt ?? generation.createdAt),
    version: services.version,
  });
  const info: sdapi.GenerationInfo = {
    ...described,
    ...eachOf(generation),
    index_of_first_image: sheetsOf(generation).length === 0 ? 0 : script.selected.indexOfFirstImage,
  };
  return {
    images: request.send_images ? files.map((file) => Buffer.from(file).toString('base64')) : [],
    parameters: request,
    info: JSON.stringify(info),
  };
}

/** Seeds stay open and words without their styles, since what a script does comes before both. */
function recipeOf({ request, settings, script, recipe }: ScriptJob, chosen: Script): RecipeInput {
  const isGridOfBatch = request.save_images && settings.return_grid !== false;
  const isOne = script.selected.showsOneOfBatch === true && !isGridOfBatch;
  return {
    ...recipe,
    prompt: request.prompt,
    negativePrompt: request.negative_prompt,
    ...hiresOf(request, recipe),
    ...startOf(request, recipe),
    styles: [...(request.styles ?? [])],
    seed: request.seed,
    subseed: request.subseed,
    ...(isOne && { batchSize: 1, batchCount: 1 }),
    script: chosen,
  };
}

function hiresOf(request: ScriptJob['request'], { hires }: RecipeInput): Pick<RecipeInput, 'hires'> {
  if (hires === undefined || !('hr_prompt' in request)) return {};
  const { hr_prompt: prompt, hr_negative_prompt: negativePrompt } = request;
  return { hires: { ...hires, ...(prompt && { prompt }), ...(negativePrompt && { negativePrompt }) } };
}

/** Answers of scripts have their pictures alone; masks are drawn where they are kept with those. */
function startOf(
  { save_images: save }: ScriptJob['request'],
  { start }: RecipeInput,
): Pick<RecipeInput, 'start'> {
  if (save || start?.mask?.returns === undefined) return {};
  const { returns: _, ...mask } = start.mask;
  return { start: { ...start, mask } };
}

/** What A1111 tells of each picture. */
function eachOf(generation: Generation) {
  const ofCells: readonly Picture[] = cellsOf(generation).flat();
  // Those that are made of tiles stand in no cell.
  const pictures =
    ofCells.length > 0 ? ofCells : generation.pictures.filter(({ isSheet }) => isSheet !== true);
  const of = <T>(value: (picture: Picture) => T): T[] => pictures.map(value);
  return {
    ...(pictures.length > 0 && { prompt: pictures[0].prompt, seed: pictures[0].seed }),
    all_prompts: of(({ prompt }) => prompt),
    all_negative_prompts: of(({ negativePrompt }) => negativePrompt),
    all_seeds: of(({ seed }) => seed),
  };
}
