/**
 * The part of a recipe that makes many drawings of one: A1111's scripts, by its titles in lower case. Names, ranges
 * and defaults of the arguments are A1111's.
 */
import { z } from 'zod';

const margin = z.int().min(0).max(500).optional();

/** `a|b|c`: a with every combination of b and c, as one sheet. */
export const promptMatrixSchema = z.strictObject({
  name: z.literal('prompt matrix'),
  /** Puts the parts that vary before the one that stays; default false. */
  atStart: z.boolean().optional(),
  /** Gives each picture the next seed; default false, the same for all. */
  differentSeeds: z.boolean().optional(),
  /** Which prompt is taken apart; default "positive". */
  of: z.enum(['positive', 'negative']).optional(),
  /** What joins the parts; default "comma". */
  delimiter: z.enum(['comma', 'space']).optional(),
  /** Pixels between the pictures of the sheet; default 0. */
  margin,
});

/** One drawing a line: a prompt, or flags such as `--prompt "a cat" --steps 30 --seed 5`. */
export const promptsSchema = z.strictObject({
  name: z.literal('prompts from file or textbox'),
  lines: z.string().max(1_000_000),
  /** Every line begins where the seeds of the one before end; default false. */
  iterateSeed: z.boolean().optional(),
  /** Draws an open seed once for all lines; default false. */
  sameSeed: z.boolean().optional(),
  /** Where a line goes if the recipe has a prompt itself; default "start". */
  position: z.enum(['start', 'end']).optional(),
});

export const axisSchema = z.strictObject({
  /** A1111's name of the axis, such as "Steps" or "Prompt S/R"; capitals do not count. */
  type: z.string().min(1).max(100),
  /** As A1111 writes them, `1-5 (+2), 8`, or one by one. */
  values: z.union([z.string().max(100_000), z.array(z.string().max(100_000)).max(1000)]),
});

/** Every combination of up to three axes, as one sheet. */
export const plotSchema = z.strictObject({
  name: z.literal('x/y/z plot'),
  x: axisSchema.optional(),
  y: axisSchema.optional(),
  z: axisSchema.optional(),
  /** Writes the values beside the pictures; default true. */
  legend: z.boolean().optional(),
  /** Gives every cell its own open seeds; default false, they are drawn once. */
  keepRandomSeeds: z.boolean().optional(),
  /** Axes along which every cell has the next seed; default none. */
  varySeeds: z
    .array(z.enum(['x', 'y', 'z']))
    .max(3)
    .optional(),
  /** Keeps the sheet of each Z value beside the one of all; default false. */
  subGrids: z.boolean().optional(),
  margin,
});

/** Draws from the picture that was drawn last, again and again. Needs `start`. */
export const loopbackSchema = z.strictObject({
  name: z.literal('loopback'),
  /** Default 4. */
  loops: z.int().min(1).max(32).optional(),
  /** Default 0.5. */
  finalStrength: z.number().min(0).max(1).optional(),
  /** How the strength goes from `start.strength` to the final one; default "Linear". */
  curve: z.enum(['Aggressive', 'Linear', 'Lazy']).optional(),
});

/** Enlarges the picture to start from and draws it anew in tiles of the recipe's size. Needs `start`. */
export const upscaleSchema = z.strictObject({
  name: z.literal('sd upscale'),
  /** Pixels that neighbouring tiles share; default 64. */
  overlap: z.int().min(0).max(256).optional(),
  /** Default 2. */
  scale: z.number().min(1).max(4).optional(),
  /** An upscaler's name or title; default "None", which leaves the size as it is. */
  upscaler: z.string().min(1).max(300).optional(),
});

const outpainting = {
  /** Added on each side that is chosen; the sum across and down is rounded up to multiples of 64. Default 128. */
  pixels: z.int().min(8).max(2048).optional(),
  /** The sides that something is added to; default all four. */
  directions: z
    .array(z.enum(['left', 'right', 'up', 'down']))
    .min(1)
    .max(4)
    .optional(),
};

/** Adds to the picture side by side, fills each with noise of its spectrum and colours, and draws. Needs `start`. */
export const outpaintingMk2Schema = z.strictObject({
  name: z.literal('outpainting mk2'),
  ...outpainting,
  /** Pixels of the old border that are drawn anew; default 8. */
  blur: z.int().min(0).max(64).optional(),
  /** How strongly the picture's spectrum shapes the noise: less leaves more detail; default 1. */
  exponent: z.number().min(0).max(4).optional(),
  /** 0 (grey noise) to 1; default 0.05. */
  colourVariation: z.number().min(0).max(1).optional(),
});

/** Lays the picture on a larger ground and draws it in tiles of the recipe's size wherever that is new. Needs `start`. */
export const poorMansOutpaintingSchema = z.strictObject({
  name: z.literal("poor man's outpainting"),
  ...outpainting,
  /** Twice as many pixels of the old border are drawn anew; default 4. */
  blur: z.int().min(0).max(64).optional(),
  /** What the new part starts from; default "fill". */
  content: z.enum(['fill', 'original', 'latent noise', 'latent nothing']).optional(),
});

export const scriptSchema = z.discriminatedUnion('name', [
  promptMatrixSchema,
  promptsSchema,
  plotSchema,
  loopbackSchema,
  upscaleSchema,
  outpaintingMk2Schema,
  poorMansOutpaintingSchema,
]);
export type Script = z.output<typeof scriptSchema>;
export type ScriptName = Script['name'];
export type Axis = z.output<typeof axisSchema>;

/** One drawing of a script, in the script's order. */
export const cellSchema = z.object({
  /** A plot's values at this place, as they stand in its legend; only axes that are used. */
  x: z.string().optional(),
  y: z.string().optional(),
  z: z.string().optional(),
  /** Ids of its pictures that exist. */
  pictures: z.array(z.string()),
  /** Why it has none. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type Cell = z.output<typeof cellSchema>;
