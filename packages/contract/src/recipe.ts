/** A recipe: everything that determines a picture, as people and programs write it. */
import { z } from 'zod';
import { controlSchema } from './control.ts';
import { hiresSchema } from './hires.ts';
import { scriptSchema } from './script.ts';
import { readStartSchema, startSchema } from './start.ts';

const seed = z.int().min(-1).max(4294967295);
const side = z.int().min(8).max(16384);

/** What `POST /api/v1/generations` takes. Unset fields take the model's defaults, then the program's. */
export const recipeSchema = z.strictObject({
  prompt: z.string().max(100_000).default(''),
  negativePrompt: z.string().max(100_000).default(''),
  /** Names of saved styles, added to both prompts one after the other; unknown ones change nothing. */
  styles: z.array(z.string().max(1000)).max(100).optional(),
  /** Name, title or hash of a model; the default model where unset. */
  model: z.string().min(1).max(300).optional(),
  /** File name of a VAE in place of the model's own; "None": the model's own even where one lies beside it. */
  vae: z.string().min(1).max(300).optional(),
  /** A model that takes over once a share of the noise is gone (0 to 1; unset: at once). */
  refiner: z
    .strictObject({
      model: z.string().min(1).max(300),
      switchAt: z.number().min(0).max(1).optional(),
    })
    .optional(),
  sampler: z.string().max(100).optional(),
  scheduler: z.string().max(100).optional(),
  steps: z.int().min(1).max(150).optional(),
  width: side.optional(),
  height: side.optional(),
  cfgScale: z.number().min(0).max(100).optional(),
  /** -1 draws one at random; picture k of a batch has seed + k. */
  seed: seed.default(-1),
  subseed: seed.optional(),
  subseedStrength: z.number().min(0).max(1).optional(),
  seedResizeFrom: z.strictObject({ width: side, height: side }).optional(),
  clipSkip: z.int().min(1).max(12).optional(),
  /** Pictures drawn together, and how many such batches. */
  batchSize: z.int().min(1).max(16).default(1),
  batchCount: z.int().min(1).max(100).default(1),
  emphasis: z.enum(['Original', 'No norm', 'Ignore', 'None']).optional(),
  randomSource: z.enum(['NV', 'CPU']).optional(),
  etaNoiseSeedDelta: z.int().min(0).max(4294967295).optional(),
  samplerOptions: z
    .record(z.string().max(60), z.union([z.number(), z.string().max(200), z.boolean()]))
    .optional(),
  /** Makes pictures whose edges fit together; default false. */
  tiling: z.boolean().optional(),
  /**
   * Share of the pixels that the model merges with others where all attend to all, 0 (default) to 0.9: fewer seconds,
   * a slightly different picture.
   */
  tokenMerging: z.number().min(0).max(0.9).optional(),
  /** A picture to start from; width and height default to its size. */
  start: startSchema.optional(),
  /** A second pass at a larger size. Not together with `start`. */
  hires: hiresSchema.optional(),
  /** ControlNets with the pictures that they follow. */
  controls: z.array(controlSchema).max(10).optional(),
  /** Makes many drawings of this one: a plot, a prompt matrix, a list of prompts. */
  script: scriptSchema.optional(),
});

export type RecipeInput = z.input<typeof recipeSchema>;
export type Recipe = z.output<typeof recipeSchema>;

/** What dropping a picture on the page gives: its recipe as far as it is known, and the original text. */
export const readRecipeSchema = z.object({
  infotext: z.string(),
  recipe: recipeSchema.partial(),
  /** Where it was drawn from another picture: how. That picture is to be given anew, as `recipe.start.images`. */
  start: readStartSchema.optional(),
  /** Model name and hash as the picture states them, where no installed model matches. */
  missingModel: z.string().optional(),
});
export type ReadRecipe = z.output<typeof readRecipeSchema>;
