/** The part of a recipe that enlarges each picture and draws it a second time: A1111's "hires fix". */
import { z } from 'zod';
import { mediaIdSchema } from './start.ts';

const side = z.int().min(8).max(16384);

export const hiresSchema = z.strictObject({
  /** How many times the size; default 2. Without effect where `width` or `height` says it. */
  scale: z.number().min(0.1).max(16).optional(),
  /** One of both keeps the shape; both cut off what does not fit. */
  width: side.optional(),
  height: side.optional(),
  /** "Latent" and its variants, "Lanczos", "Nearest", "None", or an installed upscaler; default "Latent". */
  upscaler: z.string().min(1).max(300).optional(),
  /** Steps of the second pass; 0 (default) as many as the first. */
  steps: z.int().min(0).max(150).optional(),
  /** How far the second pass may go from the first, 0 to 1; default 0.7. */
  strength: z.number().min(0).max(1).optional(),
  /** Default: those of the first pass. */
  sampler: z.string().max(100).optional(),
  scheduler: z.string().max(100).optional(),
  /** Words of the second pass; default those of the first. */
  prompt: z.string().max(100_000).optional(),
  negativePrompt: z.string().max(100_000).optional(),
  cfgScale: z.number().min(0).max(100).optional(),
  /** As that of the recipe; 0 (default) stands for it. */
  tokenMerging: z.number().min(0).max(0.9).optional(),
  /**
   * A picture in the place of the first pass: only the second is drawn, from this, brought to its size. The recipe's
   * width and height, which default to the picture's, say what size that is, as ever.
   */
  firstPass: mediaIdSchema.optional(),
  /** Name, title or hash of the model of the second pass; default that of the first. */
  model: z.string().min(1).max(300).optional(),
});
export type Hires = z.output<typeof hiresSchema>;
