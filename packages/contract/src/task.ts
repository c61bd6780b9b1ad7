/** Tasks: work on pictures and models that draws nothing, from the queue to the result. */
import { z } from 'zod';
import { generationStateSchema } from './generation.ts';
import { mediaIdSchema, mediaSchema } from './start.ts';

const side = z.int().min(1).max(16_384);

/** Enlarging pictures. */
export const upscaleSchema = z.strictObject({
  /** Pictures that the server holds. */
  images: z.array(mediaIdSchema).min(1).max(64),
  /** A name from `GET /api/v1/upscalers`; "None" leaves the pictures as they are. */
  upscaler: z.string().min(1).max(300),
  /** Mixed in by this share. */
  second: z
    .strictObject({ upscaler: z.string().min(1).max(300), share: z.number().min(0).max(1) })
    .optional(),
  /** By a factor, or so that a size is covered, `crop` cutting off what sticks out (default true). Default scale 4. */
  to: z
    .union([
      z.strictObject({ scale: z.number().min(0.05).max(64) }),
      z.strictObject({ width: side, height: side, crop: z.boolean().default(true) }),
    ])
    .default({ scale: 4 }),
});
export type UpscaleInput = z.input<typeof upscaleSchema>;
export type Upscale = z.output<typeof upscaleSchema>;

/** Merging checkpoints. */
export const mergeSchema = z.strictObject({
  /** Names of models: what the result is made of, what is mixed in, and what is taken from that. */
  a: z.string().min(1).max(300),
  b: z.string().min(1).max(300).optional(),
  c: z.string().min(1).max(300).optional(),
  /** a + (b - a) ratio, or a + (b - c) ratio; default the first where there is a `b`. */
  method: z.enum(['weighted-sum', 'add-difference', 'no-interpolation']).optional(),
  /** Default 0.3. */
  ratio: z.number().min(-4).max(4).default(0.3),
  /** Weights in 16 bits: half the size. Default false. */
  half: z.boolean().default(false),
  /** The name of the new model, default one that says how it was made. */
  name: z.string().min(1).max(200).optional(),
  /** The name of a model or of a VAE file beside the models, whose VAE the result gets. */
  vae: z.string().min(1).max(300).optional(),
  /** Tensors whose name fits this regular expression are left out. */
  discard: z.string().max(1000).optional(),
  /** Whose card (and configuration) the result gets: the first that has one, b, c, or nobody. Default "first". */
  configFrom: z.enum(['first', 'b', 'c', 'none']).default('first'),
  /** Whether the file says how it was made. Default true. */
  metadata: z.boolean().default(true),
});
export type MergeInput = z.input<typeof mergeSchema>;
export type Merge = z.output<typeof mergeSchema>;

export const taskSchema = z.object({
  /** Sortable by time (UUID v7). */
  id: z.string(),
  kind: z.enum(['upscale', 'merge']),
  state: generationStateSchema,
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  /** 0 to 1; only while running. */
  fraction: z.number().optional(),
  /** Enlarged pictures, in the order of those that were given; they exist as long as the task. */
  pictures: z.array(mediaSchema.extend({ infotext: z.string().optional() })),
  /** What was done to the pictures, in A1111's words. */
  note: z.string().optional(),
  /** The new model. */
  model: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type Task = z.output<typeof taskSchema>;

export const taskListSchema = z.object({ tasks: z.array(taskSchema) });

export const upscalerListSchema = z.object({
  upscalers: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      kind: z.enum(['resizing', 'package', 'file']),
      scale: z.number(),
      /** Why it cannot be used; absent where it can. */
      problem: z.string().optional(),
    }),
  ),
});
export type UpscalerList = z.output<typeof upscalerListSchema>;
