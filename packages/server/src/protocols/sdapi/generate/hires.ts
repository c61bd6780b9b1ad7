/** The second pass of a txt2img request, as a recipe says it. */
import type { RecipeInput, sdapi } from '@bottega/contract';
import { latentUpscalers, resolveSampler, schedulers } from '@bottega/diffusion';
import type { JsonObject } from '../../../settings/settings-store.ts';
import type { Words } from '../../../styles/styles.ts';
import { findModel } from '../lists/models.ts';
import { keepPicture } from '../pictures/keep-picture.ts';
import { SdapiRefusal } from '../refusal.ts';
import type { SdapiServices } from '../services.ts';

type Hires = NonNullable<RecipeInput['hires']>;

/** A1111's default, which its API leaves out of the request. */
const usualStrength = 0.75;
const usualUpscaler = 'Latent';
const smallestSide = 8;
/** What A1111's page says for "nothing of its own". */
const same: ReadonlySet<string> = new Set([
  '',
  'Use same checkpoint',
  'Use same sampler',
  'Use same scheduler',
]);

/**
 * @param words Of the second pass, styles included.
 * @param settings All of them, those that the request overrides included.
 * @returns undefined without `enable_hr`.
 * @throws SdapiRefusal 500 in A1111's words for unknown upscalers and checkpoints.
 */
export async function secondPass(
  request: sdapi.Txt2ImgRequest,
  words: Partial<Words> | undefined,
  settings: JsonObject,
  { upscalers, models }: Pick<SdapiServices, 'upscalers' | 'models'>,
): Promise<Hires | undefined> {
  if (!request.enable_hr) return undefined;
  const { hr_resize_x: width, hr_resize_y: height } = request;
  const model = named(request.hr_checkpoint_name);
  const found = model === undefined ? undefined : findModel(models, model);
  if (model !== undefined && found === undefined) {
    throw refused('Exception', `Could not find checkpoint with name ${model.slice(0, 200)}`);
  }
  const sampler = named(request.hr_sampler_name);
  const tokenMerging = settings.token_merging_ratio_hr as number;
  const scheduler = schedulers.find(({ name, label }) => [name, label].includes(request.hr_scheduler ?? ''));
  return {
    ...(width > 0 && { width }),
    ...(height > 0 && { height }),
    ...(width === 0 && height === 0 && { scale: request.hr_scale }),
    upscaler: await knownUpscaler(request.hr_upscaler ?? usualUpscaler, upscalers),
    steps: request.hr_second_pass_steps,
    strength: request.denoising_strength ?? usualStrength,
    ...(sampler !== undefined && { sampler: resolveSampler(sampler).sampler.name }),
    ...(scheduler !== undefined && { scheduler: scheduler.label }),
    ...words,
    ...(tokenMerging !== 0 && { tokenMerging }),
    ...(found !== undefined && { model: found.name }),
  };
}

/**
 * Keeps `firstpass_image` for as long as `run` takes, and gives it the second pass with that in it.
 * @throws SdapiRefusal 500 for what is no picture, in A1111's words.
 */
export async function withFirstPass<T>(
  { firstpass_image: picture }: Pick<sdapi.Txt2ImgRequest, 'firstpass_image'>,
  hires: Hires | undefined,
  uploads: SdapiServices['uploads'],
  run: (hires: Hires | undefined) => Promise<T>,
): Promise<T> {
  if (hires === undefined || !picture) return run(hires);
  const upload = await keepPicture(uploads, picture, 'firstpass_image');
  try {
    return await run({ ...hires, firstPass: upload.id });
  } finally {
    await uploads.forget(upload);
  }
}

/** `firstphase_width` and `_height` of old clients: the size of the first pass, in place of the other. */
export function withFirstPassSize(request: sdapi.Txt2ImgRequest): sdapi.Txt2ImgRequest {
  const { firstphase_width: width, firstphase_height: height } = request;
  return {
    ...request,
    ...(width >= smallestSide && { width }),
    ...(height >= smallestSide && { height }),
  };
}

function named(value: string | null): string | undefined {
  return value === null || same.has(value) ? undefined : value;
}

async function knownUpscaler(name: string, upscalers: SdapiServices['upscalers']): Promise<string> {
  const titles = (await upscalers.list()).filter(({ problem }) => problem === undefined);
  const isKnown =
    latentUpscalers.includes(name) || titles.some((one) => [one.name, one.title].includes(name));
  if (isKnown) return name;
  throw refused('Exception', `could not find upscaler named ${name.slice(0, 200)}`);
}

function refused(error: string, errors: string): SdapiRefusal {
  return new SdapiRefusal(500, { error, errors });
}
