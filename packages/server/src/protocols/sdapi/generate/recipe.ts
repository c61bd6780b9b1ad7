/** A request with the settings in force becomes a recipe. */
import { type RecipeInput, sdapi } from '@bottega/contract';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { type Seeds, seedsOf } from './seeds.ts';

/** Settings that the engine takes under A1111's names. */
const samplerSettings = [
  'eta_ddim',
  'eta_ancestral',
  's_churn',
  's_tmin',
  's_tmax',
  's_noise',
  's_min_uncond',
  's_min_uncond_all',
  'skip_early_cond',
  'sigma_min',
  'sigma_max',
  'rho',
  'beta_dist_alpha',
  'beta_dist_beta',
  'always_discard_next_to_last_sigma',
  'sgm_noise_multiplier',
  'use_old_karras_scheduler_sigmas',
  'enable_quantization',
  'uni_pc_variant',
  'uni_pc_skip_type',
  'uni_pc_order',
  'uni_pc_lower_order_final',
  'pad_cond_uncond',
  'pad_cond_uncond_v0',
  'batch_cond_uncond',
  'sd_noise_schedule',
  'use_downcasted_alpha_bar',
  'refiner_switch_by_sample_steps',
  'sdxl_crop_top',
  'sdxl_crop_left',
  'sdxl_refiner_low_aesthetic_score',
  'sdxl_refiner_high_aesthetic_score',
  'sdxl_clip_l_skip',
  'inpainting_mask_weight',
  'lora_add_hashes_to_infotext',
  'textual_inversion_add_hashes_to_infotext',
] as const satisfies readonly (keyof typeof sdapi.optionDefaults)[];

/** Those that say something about drawing from a picture. */
const pictureSettings = [
  'initial_noise_multiplier',
  'img2img_fix_steps',
  'img2img_extra_noise',
] as const satisfies readonly (keyof typeof sdapi.optionDefaults)[];

/** Those that say something about a second pass. */
const hiresSettings = [
  'img2img_extra_noise',
  'hires_fix_refiner_pass',
  'hires_fix_use_firstpass_conds',
] as const satisfies readonly (keyof typeof sdapi.optionDefaults)[];

/** What a request may say itself; the settings count where it does not. */
const requestSettings = ['eta', 's_churn', 's_tmin', 's_tmax', 's_noise', 's_min_uncond'] as const;

export type Chosen = {
  readonly model: string | undefined;
  readonly sampler: string;
  readonly scheduler: string;
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly seeds: Seeds;
  /** Batches that are left out at the beginning, when a job goes on after a skipped one. */
  readonly skippedBatches: number;
};

type AnyRequest = sdapi.Txt2ImgRequest | sdapi.Img2ImgRequest;

/** @param settings All of them, those that the request overrides included. */
export function toRecipe(request: AnyRequest, settings: JsonObject, chosen: Chosen): RecipeInput {
  const { seed, subseed, strength } = seedsOf(chosen.seeds, chosen.skippedBatches * request.batch_size);
  const { seed_resize_from_w: fromWidth, seed_resize_from_h: fromHeight } = request;
  return {
    prompt: chosen.prompt,
    negativePrompt: chosen.negativePrompt,
    ...(chosen.model !== undefined && { model: chosen.model }),
    sampler: chosen.sampler,
    scheduler: chosen.scheduler,
    steps: request.steps,
    width: request.width,
    height: request.height,
    cfgScale: request.cfg_scale,
    seed,
    ...(strength > 0 && { subseed, subseedStrength: strength }),
    ...(fromWidth > 0 && fromHeight > 0 && { seedResizeFrom: { width: fromWidth, height: fromHeight } }),
    batchSize: request.batch_size,
    batchCount: request.n_iter - chosen.skippedBatches,
    clipSkip: settings.CLIP_stop_at_last_layers as number,
    emphasis: settings.emphasis as RecipeInput['emphasis'],
    // A1111's "GPU" is CUDA's generator, which NV imitates.
    randomSource: settings.randn_source === 'CPU' ? 'CPU' : 'NV',
    etaNoiseSeedDelta: settings.eta_noise_seed_delta as number,
    samplerOptions: samplerOptions(request, settings),
    ...((request.tiling ?? settings.tiling === true) && { tiling: true }),
    ...mergingOf(request, settings),
  };
}

/** As in A1111: what the request overrides counts before the setting for pictures, and 0 leaves it to the next one. */
function mergingOf(request: AnyRequest, settings: JsonObject): Pick<RecipeInput, 'tokenMerging'> {
  const usual = settings.token_merging_ratio as number;
  const asked = 'token_merging_ratio' in (request.override_settings ?? {}) ? usual : 0;
  const own = 'init_images' in request ? asked || (settings.token_merging_ratio_img2img as number) : 0;
  const ratio = own || usual;
  return ratio === 0 ? {} : { tokenMerging: ratio };
}

/** Those that differ from A1111's defaults, so that infotexts stay short. */
function samplerOptions(request: AnyRequest, settings: JsonObject): RecipeInput['samplerOptions'] {
  const usual: JsonObject = sdapi.optionDefaults;
  const isFromPicture = 'init_images' in request;
  const hasSecondPass = 'enable_hr' in request && request.enable_hr;
  const names = [
    ...samplerSettings,
    ...(isFromPicture ? pictureSettings : []),
    ...(hasSecondPass ? hiresSettings : []),
  ];
  const inForce = new Map<string, unknown>(names.map((name) => [name, settings[name]]));
  for (const name of requestSettings) if (request[name] !== null) inForce.set(name, request[name]);
  if (isFromPicture && request.initial_noise_multiplier !== null) {
    inForce.set('initial_noise_multiplier', request.initial_noise_multiplier);
  }
  if (request.disable_extra_networks) inForce.set('disable_extra_networks', true);
  const changed = [...inForce].filter(([name, value]) => value !== usual[name]);
  return Object.fromEntries(changed) as RecipeInput['samplerOptions'];
}
