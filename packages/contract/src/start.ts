/** The part of a recipe that says which picture the drawing starts from, and which part of it is drawn anew. */
import { z } from 'zod';

/** A picture that the server holds: one that was sent to `POST /api/v1/media`, or one of the gallery (SHA-256, hex). */
export const mediaIdSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be the id that sending a picture to /api/v1/media gave');

const blur = z.int().min(0).max(256);
const range = (min: number, max: number) => z.number().min(min).max(max).optional();

/** A1111's "soft inpainting": the mask's grey counts at every step. Its names, ranges and defaults. */
export const softMaskSchema = z.strictObject({
  /** When the original comes back: 0 to 8, default 1. */
  scheduleBias: range(0, 8),
  /** How strongly the original is kept where the mask is grey: 0 to 8, default 0.5. */
  preservationStrength: range(0, 8),
  /** Contrast where both are mixed: 1 to 32, default 4. */
  transitionContrastBoost: range(1, 32),
  /** How much the mask counts when the finished picture is laid upon the original: 0 to 1, default 0. */
  maskInfluence: range(0, 1),
  /** How different a pixel must be to be taken over: 0 to 8, default 0.5. */
  differenceThreshold: range(0, 8),
  /** How sharp that decision is: 0 to 8, default 2. */
  differenceContrast: range(0, 8),
});

export const maskSchema = z.strictObject({
  /** White is drawn anew, black stays; of a picture with transparency its opacity counts. */
  image: mediaIdSchema,
  /** Exchanges black and white; default false. */
  invert: z.boolean().optional(),
  /** Standard deviation in pixels, or one for each axis; default 4. */
  blur: z.union([blur, z.strictObject({ x: blur, y: blur })]).optional(),
  /** What the masked part starts from; default "original". */
  content: z.enum(['fill', 'original', 'latent noise', 'latent nothing']).optional(),
  /** "masked" draws only what the mask encloses, at the size asked for, and puts it back; default "whole". */
  area: z.enum(['whole', 'masked']).optional(),
  /** Pixels around it that are drawn with it where the area is "masked"; default 32. */
  padding: z.int().min(0).max(16_384).optional(),
  /** Whether an element is drawn or stays, without in-between; default true. */
  round: z.boolean().optional(),
  /** A mask for the latents alone: where they are drawn anew and what is filled, with neither blur nor exchange. */
  latents: mediaIdSchema.optional(),
  /** Lays what the mask leaves upon what was drawn; default true. Soft masks always do. */
  overlay: z.boolean().optional(),
  soft: softMaskSchema.optional(),
  /**
   * What each picture has beside itself: the mask as far as it counted, and what was drawn, as opaque as that; default
   * nothing. A picture of a script's tiles has neither.
   */
  returns: z
    .array(z.enum(['mask', 'composite']))
    .max(2)
    .optional(),
});

const margin = z.int().min(0).max(4096).optional();

export const outpaintSchema = z.strictObject({
  /** Pixels that are added on each side; the sum is rounded up to multiples of 8. */
  left: margin,
  right: margin,
  up: margin,
  down: margin,
  /** Standard deviation of the border's blur in pixels; as much of the picture is drawn anew; default 8. */
  blur: blur.optional(),
  /** What the new part starts from; default "fill". */
  content: z.enum(['fill', 'original', 'latent noise', 'latent nothing']).optional(),
});

export const startSchema = z.strictObject({
  /** One for all pictures, or as many as `batchSize`. */
  images: z.array(mediaIdSchema).min(1).max(16),
  /** A1111's denoising strength: 0 keeps the picture, 1 takes nearly nothing of it; default 0.75. */
  strength: z.number().min(0).max(1).optional(),
  /** How a picture comes to the size asked for; default "stretch". */
  resizeMode: z.enum(['stretch', 'crop', 'fill', 'latent']).optional(),
  mask: maskSchema.optional(),
  /** Draws on beyond the picture's edges. Not together with a mask. */
  outpaint: outpaintSchema.optional(),
  /** What shows through transparent parts, `#rrggbb`; default white. */
  background: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i)
    .optional(),
  /** Gives what is drawn the colours of the picture that it starts from; default false. */
  matchColours: z.boolean().optional(),
  /** InstructPix2Pix: how close to the picture; 1, and unset, count it as part of both prompts. */
  imageCfgScale: z.number().min(0).max(30).optional(),
  /** Takes the latents from the encoder's distribution with noise of this seed; default its mean. */
  encoderSeed: z.int().min(0).max(4294967295).optional(),
});
export type Start = z.output<typeof startSchema>;

/** How a picture was drawn from another, without that one and its mask. */
export const readStartSchema = startSchema
  .pick({ strength: true, imageCfgScale: true, encoderSeed: true })
  .extend({
    /** What counts where a mask is given again. */
    mask: maskSchema.pick({
      invert: true,
      blur: true,
      content: true,
      area: true,
      padding: true,
      soft: true,
    }),
  });

/** What sending a picture gives: `id` is what recipes name it by. */
export const mediaSchema = z.object({
  id: mediaIdSchema,
  width: z.int(),
  height: z.int(),
  /** Where it can be seen, relative to the server. */
  url: z.string(),
});
export type Media = z.output<typeof mediaSchema>;
