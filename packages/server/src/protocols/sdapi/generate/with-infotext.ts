/** `infotext` in a request: what the text says, where the request itself says nothing. */
import { parseInfotext, type ParsedInfotext, settingsIn } from '@bottega/diffusion';
import { z } from 'zod';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { softInpainting } from '../scripts/soft-inpainting.ts';

/** Request fields by the infotext's names. */
const fields = {
  prompt: 'Prompt',
  negative_prompt: 'Negative prompt',
  steps: 'Steps',
  sampler_name: 'Sampler',
  scheduler: 'Schedule type',
  cfg_scale: 'CFG scale',
  seed: 'Seed',
  width: 'Size-1',
  height: 'Size-2',
  subseed: 'Variation seed',
  subseed_strength: 'Variation seed strength',
  seed_resize_from_w: 'Seed resize from-1',
  seed_resize_from_h: 'Seed resize from-2',
  denoising_strength: 'Denoising strength',
  image_cfg_scale: 'Image CFG scale',
  refiner_checkpoint: 'Refiner',
  refiner_switch_at: 'Refiner switch at',
  tiling: 'Tiling',
  hr_scale: 'Hires upscale',
  hr_resize_x: 'Hires resize-1',
  hr_resize_y: 'Hires resize-2',
  hr_upscaler: 'Hires upscaler',
  hr_second_pass_steps: 'Hires steps',
  hr_checkpoint_name: 'Hires checkpoint',
  hr_sampler_name: 'Hires sampler',
  hr_scheduler: 'Hires schedule type',
  hr_prompt: 'Hires prompt',
  hr_negative_prompt: 'Hires negative prompt',
} as const;

/** As in A1111: what tells that there was a second pass. */
const secondPassSigns = ['Hires upscale', 'Hires upscaler'] as const;

/** Settings that come as `override_settings`. */
const overrides = {
  sd_model_checkpoint: 'Model hash',
  sd_vae: 'VAE',
  CLIP_stop_at_last_layers: 'Clip skip',
  eta_noise_seed_delta: 'ENSD',
  randn_source: 'RNG',
  emphasis: 'Emphasis',
  token_merging_ratio: 'Token merging ratio',
  token_merging_ratio_hr: 'Token merging ratio hr',
} as const;

const texts: ReadonlySet<string> = new Set(['sd_model_checkpoint', 'sd_vae', 'randn_source', 'emphasis']);

/** The same contract, with the infotext's values filled in before it is checked. */
export function withInfotext<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(fill, schema);
}

function fill(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const request: JsonObject = body as JsonObject;
  if (typeof request.infotext !== 'string' || request.infotext === '') return body;
  const parsed = parseInfotext(request.infotext);
  return {
    ...values(fields, parsed),
    ...(secondPassSigns.some((sign) => parsed.has(sign)) && { enable_hr: true }),
    ...(typeof request.mask === 'string' && maskOf(parsed)),
    ...request,
    ...alwaysOn(parsed, request.alwayson_scripts),
    override_settings: {
      ...settingsIn(parsed),
      ...values(overrides, parsed),
      ...asObject(request.override_settings),
    },
  };
}

/** A1111's numbers for what a masked part starts from. */
const contents = ['fill', 'original', 'latent noise', 'latent nothing'];

/** Where a mask is sent anew; an infotext leaves out a blur of 0. */
function maskOf(parsed: ParsedInfotext): JsonObject {
  const content = contents.indexOf(String(parsed.get('Masked content')));
  return {
    mask_blur: Number(parsed.get('Mask blur') ?? 0),
    inpainting_mask_invert: parsed.get('Mask mode') === 'Inpaint not masked' ? 1 : 0,
    inpainting_fill: content === -1 ? 1 : content,
    inpaint_full_res: parsed.get('Inpaint area') === 'Only masked',
    inpaint_full_res_padding: Number(parsed.get('Masked area padding')),
  };
}

/** Soft inpainting's arguments, where the request does not give it any of its own. */
function alwaysOn(parsed: ParsedInfotext, given: unknown): JsonObject {
  if (parsed.get('Soft inpainting enabled') !== 'True') return {};
  const { name, describe } = softInpainting;
  const scripts = asObject(given);
  if (Object.keys(scripts).some((key) => key.toLowerCase() === name)) return {};
  const [, ...numbers] = describe().map(({ label, value }) =>
    Number(parsed.get(`Soft inpainting ${label.toLowerCase()}`) ?? value),
  );
  return { alwayson_scripts: { ...scripts, [name]: { args: [true, ...numbers] } } };
}

function values(names: Readonly<Record<string, string>>, parsed: ParsedInfotext): JsonObject {
  return Object.fromEntries(
    Object.entries(names).flatMap(([field, name]) => {
      const value = parsed.get(name);
      if (value === undefined) return [];
      return [[field, field in overrides && !texts.has(field) ? Number(value) : value]];
    }),
  );
}

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}
