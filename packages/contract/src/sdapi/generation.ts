/** What txt2img and img2img take and give (A1111 1.10, modules/api/models.py; defaults of modules/processing.py). */
import { z } from 'zod';
import { flag, float, integer, list, record, text, texts } from './kinds.ts';

const none: Readonly<Record<string, unknown>> = {};
const empty: readonly unknown[] = [];

/** The ranges that the recipe has, so that a value out of range is refused under its A1111 name. */
const side = { min: 8, max: 16384 };
const seed = { min: -1, max: 4294967295 };

const common = {
  prompt: text(''),
  negative_prompt: text(''),
  styles: texts(null),
  seed: integer(-1, seed),
  subseed: integer(-1, seed),
  subseed_strength: float(0, { min: 0, max: 1 }),
  /** -1 and 0: off. */
  seed_resize_from_h: integer(-1, { min: -1, max: side.max }),
  seed_resize_from_w: integer(-1, { min: -1, max: side.max }),
  sampler_name: text(null, 300),
  scheduler: text(null, 300),
  batch_size: integer(1, { min: 1, max: 16 }),
  n_iter: integer(1, { min: 1, max: 100 }),
  steps: integer(50, { min: 1, max: 150 }),
  cfg_scale: float(7, { min: 0, max: 100 }),
  width: integer(512, side),
  height: integer(512, side),
  restore_faces: flag(null),
  tiling: flag(null),
  do_not_save_samples: flag(false),
  do_not_save_grid: flag(false),
  eta: float(null, { min: 0 }),
  denoising_strength: float(null, { min: 0, max: 1 }),
  s_min_uncond: float(null, { min: 0 }),
  s_churn: float(null, { min: 0 }),
  s_tmax: float(null, { min: 0 }),
  s_tmin: float(null, { min: 0 }),
  s_noise: float(null, { min: 0 }),
  override_settings: record(null),
  override_settings_restore_afterwards: flag(true),
  refiner_checkpoint: text(null, 300),
  refiner_switch_at: float(null, { min: 0, max: 1 }),
  disable_extra_networks: flag(false),
  comments: record(null),
};

const tail = {
  force_task_id: text(null, 200),
  sampler_index: text('Euler', 300),
};

const face = {
  script_name: text(null, 300),
  script_args: list(empty),
  send_images: flag(true),
  save_images: flag(false),
  alwayson_scripts: record(none),
  infotext: text(null),
};

const longestPicture = 96 * 1024 * 1024;

export const txt2imgRequestSchema = z.object({
  ...common,
  enable_hr: flag(false),
  firstphase_width: integer(0, { min: 0, max: side.max }),
  firstphase_height: integer(0, { min: 0, max: side.max }),
  hr_scale: float(2, { min: 0, max: 16 }),
  hr_upscaler: text(null, 300),
  hr_second_pass_steps: integer(0, { min: 0, max: 150 }),
  hr_resize_x: integer(0, { min: 0, max: side.max }),
  hr_resize_y: integer(0, { min: 0, max: side.max }),
  hr_checkpoint_name: text(null, 300),
  hr_sampler_name: text(null, 300),
  hr_scheduler: text(null, 300),
  hr_prompt: text(''),
  hr_negative_prompt: text(''),
  /** Takes the first pass's place where `enable_hr` asks for a second: base64, a `data:` URI or an address. */
  firstpass_image: text(null, longestPicture),
  ...tail,
  ...face,
});
export type Txt2ImgRequest = z.output<typeof txt2imgRequestSchema>;

export const img2imgRequestSchema = z.object({
  ...common,
  denoising_strength: float(0.75, { min: 0, max: 1 }),
  init_images: texts(null),
  /** 0 stretches, 1 crops, 2 fills, 3 resizes the latents. */
  resize_mode: integer(0, { min: 0, max: 3 }),
  image_cfg_scale: float(null, { min: 0, max: 30 }),
  mask: text(null, longestPicture),
  mask_blur_x: integer(4, { min: 0, max: 256 }),
  mask_blur_y: integer(4, { min: 0, max: 256 }),
  mask_blur: integer(null, { min: 0, max: 256 }),
  mask_round: flag(true),
  /** 0 fills, 1 keeps the original, 2 puts latent noise, 3 nothing. */
  inpainting_fill: integer(0, { min: 0, max: 3 }),
  inpaint_full_res: flag(true),
  inpaint_full_res_padding: integer(0, { min: 0, max: side.max }),
  inpainting_mask_invert: integer(0, { min: 0, max: 1 }),
  initial_noise_multiplier: float(null, { min: 0, max: 1.5 }),
  latent_mask: text(null, longestPicture),
  ...tail,
  include_init_images: flag(false),
  ...face,
});
export type Img2ImgRequest = z.output<typeof img2imgRequestSchema>;

/** Answer of both: pictures in base64 without a `data:` prefix. */
export const generationResponseSchema = z.object({
  images: z.array(z.string()),
  /** The request as it was understood. */
  parameters: z.record(z.string(), z.unknown()),
  /** `GenerationInfo` as a JSON string. */
  info: z.string(),
});
export type GenerationResponse = z.output<typeof generationResponseSchema>;

/** What `info` holds (A1111's Processed.js), in its order. */
export const generationInfoSchema = z.object({
  prompt: z.string(),
  all_prompts: z.array(z.string()),
  negative_prompt: z.string(),
  all_negative_prompts: z.array(z.string()),
  seed: z.int(),
  all_seeds: z.array(z.int()),
  subseed: z.int(),
  all_subseeds: z.array(z.int()),
  subseed_strength: z.number(),
  width: z.int(),
  height: z.int(),
  sampler_name: z.string(),
  cfg_scale: z.number(),
  steps: z.int(),
  batch_size: z.int(),
  restore_faces: z.boolean(),
  face_restoration_model: z.string().nullable(),
  sd_model_name: z.string().nullable(),
  /** The first 10 hexadecimal digits of the file's SHA-256. */
  sd_model_hash: z.string().nullable(),
  sd_vae_name: z.string().nullable(),
  sd_vae_hash: z.string().nullable(),
  seed_resize_from_w: z.int(),
  seed_resize_from_h: z.int(),
  denoising_strength: z.number().nullable(),
  extra_generation_params: z.record(z.string(), z.unknown()),
  /** 1 where a grid comes first. */
  index_of_first_image: z.int(),
  /** One text for each of `images`. */
  infotexts: z.array(z.string()),
  styles: z.array(z.string()),
  /** Year to second, local time: 20261122130501. */
  job_timestamp: z.string(),
  clip_skip: z.int(),
  is_using_inpainting_conditioning: z.boolean(),
  version: z.string(),
});
export type GenerationInfo = z.output<typeof generationInfoSchema>;
