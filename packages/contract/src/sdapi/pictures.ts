/** Calls that take a picture: reading its parameters, enlarging it, describing it. */
import { z } from 'zod';
import { flag, float, integer, text } from './kinds.ts';

/** Base64, a `data:` URI, or an address on the internet. */
const longestPicture = 96 * 1024 * 1024;

export const pngInfoRequestSchema = z.object({ image: z.string().max(longestPicture) });
export const pngInfoResponseSchema = z.object({
  /** The picture's generation parameters, empty where it has none. */
  info: z.string(),
  /** Other texts in the file. */
  items: z.record(z.string(), z.unknown()),
  /** `info`, parsed. */
  parameters: z.record(z.string(), z.unknown()),
});

const extras = {
  /** 0 enlarges by `upscaling_resize`, 1 to the given size. */
  resize_mode: integer(0, { min: 0, max: 1 }),
  show_extras_results: flag(true),
  gfpgan_visibility: float(0, { min: 0, max: 1 }),
  codeformer_visibility: float(0, { min: 0, max: 1 }),
  codeformer_weight: float(0, { min: 0, max: 1 }),
  upscaling_resize: float(2, { min: 0.05, max: 64 }),
  upscaling_resize_w: integer(512, { min: 1, max: 16384 }),
  upscaling_resize_h: integer(512, { min: 1, max: 16384 }),
  upscaling_crop: flag(true),
  upscaler_1: text('None', 300),
  upscaler_2: text('None', 300),
  extras_upscaler_2_visibility: float(0, { min: 0, max: 1 }),
  upscale_first: flag(false),
};
export type ExtrasOptions = { readonly [K in keyof typeof extras]: z.output<(typeof extras)[K]> };

export const extraSingleRequestSchema = z.object({ ...extras, image: text('', longestPicture) });
export const extraSingleResponseSchema = z.object({ html_info: z.string(), image: z.string() });

export const extraBatchRequestSchema = z.object({
  ...extras,
  imageList: z.array(z.object({ data: z.string(), name: z.string() })).max(64),
});
export const extraBatchResponseSchema = z.object({ html_info: z.string(), images: z.array(z.string()) });

export const interrogateRequestSchema = z.object({
  image: text('', longestPicture),
  /** "clip" or "deepdanbooru". */
  model: text('clip', 100),
});
export const interrogateResponseSchema = z.object({ caption: z.string() });
