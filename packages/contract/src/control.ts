/** The part of a recipe that names ControlNets and the pictures that they follow. */
import { z } from 'zod';
import { mediaIdSchema } from './start.ts';

const share = z.number().min(0).max(1).optional();

export const controlSchema = z.strictObject({
  /** Name or title of an installed ControlNet. */
  model: z.string().min(1).max(300),
  /** Default: the picture that the drawing starts from. */
  image: mediaIdSchema.optional(),
  /** Where it speaks: white, or what is opaque; black where it does not. Of any size; default everywhere. */
  mask: mediaIdSchema.optional(),
  /** How loudly it speaks: 0 to 2; default 1. */
  weight: z.number().min(0).max(2).optional(),
  /** The share of the steps after which it begins and ends; default 0 and 1. */
  start: share,
  end: share,
  /** Who decides where words and ControlNet disagree; default "balanced". */
  mode: z.enum(['balanced', 'prompt', 'control']).optional(),
  /** How its map comes to the size that is drawn; default "crop". */
  resizeMode: z.enum(['stretch', 'crop', 'fill']).optional(),
  /** What makes the map of the picture; default "none": the picture is one. */
  preprocessor: z.string().min(1).max(100).optional(),
  /** Pixels of the shorter side at which the preprocessor looks; what does not fit it becomes its default. */
  resolution: z.number().optional(),
  /** Chooses the resolution that gives one pixel of the map for each that is drawn; default false. */
  pixelPerfect: z.boolean().optional(),
  /** The preprocessor's own numbers; what does not fit them becomes its default. */
  thresholdA: z.number().optional(),
  thresholdB: z.number().optional(),
  /** Of a drawing in two passes, those that it takes part in; default "both". */
  passes: z.enum(['both', 'first', 'second']).optional(),
});
export type Control = z.output<typeof controlSchema>;
