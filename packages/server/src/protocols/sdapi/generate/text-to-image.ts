/** One txt2img or img2img request, from settings in force to the answer. */
import type { Generation, Picture, RecipeInput, sdapi } from '@bottega/contract';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { type Controls, withControls } from '../control-net/controls.ts';
import { detectedMaps } from '../control-net/detected-maps.ts';
import { findModel, refuseUnusable } from '../lists/models.ts';
import { applyAlwaysOn } from '../scripts/always-on.ts';
import { askedScript } from '../scripts/asked-script.ts';
import { drawScript } from '../scripts/draw-script.ts';
import type { Options } from '../options/options.ts';
import type { SdapiServices } from '../services.ts';
import type { Words } from '../../../styles/styles.ts';
import type { Task } from '../tasks.ts';
import { chooseSampler } from './choose-sampler.ts';
import { draw } from './draw.ts';
import { collectImages } from './images.ts';
import { withOldSizes } from './first-pass-size.ts';
import { forget } from './forget.ts';
import { secondPass, withFirstPass } from './hires.ts';
import { describeJob } from './info.ts';
import { formatOf } from './picture-format.ts';
import { otherModels } from './other-models.ts';
import { toRecipe } from './recipe.ts';
import { drawSeeds } from './seeds.ts';
import { startFrom } from './start.ts';

/** A request, and its words with the styles in them. */
export type Asked<Request> = {
  readonly request: Request;
  readonly words: Words;
  /** Those of the second pass, where it has any. */
  readonly hiresWords?: Partial<Words>;
};
type AnyRequest = sdapi.Txt2ImgRequest | sdapi.Img2ImgRequest;

/**
 * Pictures stay in the gallery only with `save_images`; otherwise nothing is left of the job once it is answered.
 * @param signal Aborted when the client has gone.
 */
export async function textToImage(
  services: SdapiServices,
  options: Options,
  task: Task,
  asked: Asked<sdapi.Txt2ImgRequest>,
  signal: AbortSignal,
): Promise<sdapi.GenerationResponse> {
  const settings = await inForce(services, options, asked.request);
  const request = withOldSizes(asked.request, settings);
  const wanted = await secondPass(request, asked.hiresWords, settings, services);
  return withFirstPass(request, wanted, services.uploads, (hires) => {
    const parts = hires && { hires };
    return withControls(request, settings, services, (followed) =>
      answer(
        services,
        options,
        task,
        { ...asked, request, settings, kind: 'txt2img', parts, followed },
        signal,
      ),
    );
  });
}

/** As `textToImage`, from pictures; they are sent back only with `include_init_images`. */
export async function imageToImage(
  services: SdapiServices,
  options: Options,
  task: Task,
  { request, words }: Asked<sdapi.Img2ImgRequest>,
  signal: AbortSignal,
): Promise<sdapi.GenerationResponse> {
  const settings = await inForce(services, options, request);
  const { start, batchSize, uploads } = await startFrom(request, settings, services.uploads);
  try {
    const sized = { ...request, batch_size: batchSize };
    const job = { request: sized, words, settings, kind: 'img2img' as const, parts: { start } };
    const { parameters, ...rest } = await withControls(request, settings, services, (followed) =>
      answer(services, options, task, { ...job, followed }, signal),
    );
    const hidden = request.include_init_images ? {} : { init_images: null, mask: null };
    return { ...rest, parameters: { ...parameters, ...hidden } };
  } finally {
    for (const upload of uploads) await services.uploads.forget(upload);
  }
}

/** The settings of this request. */
async function inForce(
  { models }: SdapiServices,
  options: Options,
  request: AnyRequest,
): Promise<JsonObject> {
  const overrides = knownOverrides(request, models);
  if (!request.override_settings_restore_afterwards) await options.write(overrides);
  const settings = { ...(await options.all()), ...overrides };
  formatOf(settings);
  return settings;
}

type Job = Asked<AnyRequest> & {
  readonly settings: JsonObject;
  readonly kind: 'txt2img' | 'img2img';
  /** Parts of the recipe beside the usual ones. */
  readonly parts?: Pick<RecipeInput, 'start' | 'hires'>;
  readonly followed: Controls;
};

async function answer(
  services: SdapiServices,
  options: Options,
  task: Task,
  { request, words, settings, kind, parts, followed }: Job,
  signal: AbortSignal,
): Promise<sdapi.GenerationResponse> {
  const { studio, media } = services;
  const { sampler, scheduler } = chooseSampler(request);
  const seeds = drawSeeds(request.seed, request.subseed, request.subseed_strength);
  const model = options.model(settings);
  const others = await otherModels(request, settings, services);

  const { batch_size: batchSize, n_iter: batchCount, save_images: save } = request;
  const chosen = { ...words, model: model?.name, sampler, scheduler };
  const recipe = (skippedBatches: number): RecipeInput => {
    const usual = toRecipe(request, settings, { ...chosen, seeds, skippedBatches });
    const controls = followed.controls && { controls: [...followed.controls] };
    return applyAlwaysOn({ ...usual, ...others, ...parts, ...controls }, request.alwayson_scripts, kind);
  };
  const script = askedScript(request, kind);
  if (script !== undefined) {
    const job = { request, settings, script, recipe: recipe(0), sampler, model };
    return drawScript(services, task, job, signal);
  }
  const { generations, pictures } = await draw(studio, task, { save, batchSize, batchCount, recipe }, signal);

  const images = await collectImages(media, pictures, { save, batchSize, settings });
  const sizes = [...(parts?.hires ? pictures.slice(0, 1) : []), request];
  const maps = await detectedMaps(followed, sizes, parts?.start?.images[0], media);
  // The client need not wait for that.
  if (!save) void forget(generations, services);

  const [{ startedAt, createdAt }] = generations;
  const info = describeJob({
    request,
    settings,
    seeds,
    ...words,
    sampler,
    model,
    infotexts: images.infotexts,
    hasGrid: images.hasGrid,
    startedAt: new Date(startedAt ?? createdAt),
    version: services.version,
  });
  return {
    images: request.send_images
      ? [...images.files, ...maps].map((file) => Buffer.from(file).toString('base64'))
      : [],
    parameters: request,
    info: JSON.stringify({ ...info, ...wordsOf(generations, pictures) }),
  };
}

/** Of pictures with wildcards each has words of its own. */
function wordsOf(
  generations: readonly Generation[],
  pictures: readonly Picture[],
): Partial<sdapi.GenerationInfo> {
  if (generations.every(({ cells }) => cells === undefined) || pictures.length === 0) return {};
  return {
    prompt: pictures[0].prompt,
    all_prompts: pictures.map(({ prompt }) => prompt),
    negative_prompt: pictures[0].negativePrompt,
    all_negative_prompts: pictures.map(({ negativePrompt }) => negativePrompt),
  };
}

/**
 * A1111 draws with the present checkpoint where the one that a request asks for is not there.
 * @throws AppError where it is there and is refused
 */
function knownOverrides(request: AnyRequest, models: SdapiServices['models']): JsonObject {
  const { sd_model_checkpoint: wanted, ...rest } = request.override_settings ?? {};
  const isKnown = typeof wanted === 'string' && findModel(models, wanted) !== undefined;
  if (typeof wanted === 'string' && !isKnown) refuseUnusable(models, wanted);
  return { ...rest, ...(isKnown && { sd_model_checkpoint: wanted }) };
}
