import { readOptions } from '../sampler/option-table.ts';
import type { Option, OptionsOf } from '../sampler/option-table.ts';

/** What A1111's settings let people change about how a model is used, with its names and defaults. */
const table = {
  /** SDXL is told that so many pixels were cut from the top and the left. */
  cropTop: { name: 'sdxl_crop_top', default: 0, isWhole: true },
  cropLeft: { name: 'sdxl_crop_left', default: 0, isWhole: true },
  /** How good SDXL's refiner is told that a picture is: for the negative prompt and for the prompt. */
  lowAestheticScore: { name: 'sdxl_refiner_low_aesthetic_score', default: 2.5 },
  highAestheticScore: { name: 'sdxl_refiner_high_aesthetic_score', default: 6 },
  /** Lets clip skip act on SDXL's first text encoder. */
  clipLSkip: { name: 'sdxl_clip_l_skip', default: false },
  /** "Zero Terminal SNR" starts from noise alone, for models that were trained so. */
  noiseSchedule: {
    name: 'sd_noise_schedule',
    default: 'Default',
    choices: ['Default', 'Zero Terminal SNR'],
  },
  /** Rounds the noise schedule to half precision, as versions before 1.7 did. */
  downcastsAlphas: { name: 'use_downcasted_alpha_bar', default: false },
  /** Inpainting models: how much of the masked part they are not shown; 1 all of it. */
  conditionalMaskWeight: { name: 'inpainting_mask_weight', default: 1, min: 0, max: 1 },
  /** Makes prompts of different lengths equal, so that the network answers both at once. */
  padsConditions: { name: 'pad_cond_uncond', default: false },
  padsConditionsAsOnce: { name: 'pad_cond_uncond_v0', default: false },
  /** Counts steps instead of noise to tell when the refiner takes over. */
  refinerBySteps: { name: 'refiner_switch_by_sample_steps', default: false },
  /** Which pass of hires fix the refiner takes part in. */
  hiresRefinerPass: {
    name: 'hires_fix_refiner_pass',
    default: 'second pass',
    choices: ['first pass', 'second pass', 'both passes'],
  },
  /** Encodes the words of the second pass with the adapters of the first. */
  hiresUsesFirstWords: { name: 'hires_fix_use_firstpass_conds', default: false },
  /** Takes `<lora:name>` and the like out of the prompt and does nothing about it. */
  ignoresNetworks: { name: 'disable_extra_networks', default: false },
  /** Whether infotext has the hashes of adapters, and of embeddings. */
  tellsAdapters: { name: 'lora_add_hashes_to_infotext', default: true },
  tellsEmbeddings: { name: 'textual_inversion_add_hashes_to_infotext', default: true },
} as const satisfies Record<string, Option>;

export type ModelOptions = OptionsOf<typeof table>;

/** @throws EngineError 'request.invalid' naming the option whose value is of the wrong type or out of range. */
export function readModelOptions(given: Readonly<Record<string, unknown>>): ModelOptions {
  return readOptions(table, given);
}
