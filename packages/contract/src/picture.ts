/** A finished picture in the gallery. */
import { z } from 'zod';

export const pictureSchema = z.object({
  id: z.string(),
  generationId: z.string(),
  /** Place within its generation, from 0. */
  index: z.int(),
  /** Address of the PNG, relative to the server; content-addressed, so it may be cached for ever. */
  url: z.string(),
  /** Address of a small WebP. */
  thumbnailUrl: z.string(),
  width: z.int(),
  height: z.int(),
  seed: z.int(),
  prompt: z.string(),
  negativePrompt: z.string(),
  model: z.string(),
  /** A1111's generation parameters, as the PNG carries them. */
  infotext: z.string(),
  /** True for a sheet of other pictures of its generation; absent for all else. */
  isSheet: z.boolean().optional(),
  /** Addresses of what `start.mask.returns` asked for: how much of what was drawn is seen, and what was drawn. */
  maskUrl: z.string().optional(),
  compositeUrl: z.string().optional(),
  createdAt: z.iso.datetime(),
});
export type Picture = z.output<typeof pictureSchema>;

export const picturePageSchema = z.object({
  pictures: z.array(pictureSchema),
  /** Pass as `cursor` for the next page; absent on the last. */
  next: z.string().optional(),
  total: z.int(),
});
export type PicturePage = z.output<typeof picturePageSchema>;

export const pictureQuerySchema = z.object({
  /** Words that must occur in prompt or negative prompt. */
  search: z.string().max(1000).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(48),
});
export type PictureQuery = z.input<typeof pictureQuerySchema>;
