/** A generation: one accepted order for pictures, from queue to result. */
import { z } from 'zod';
import { pictureSchema } from './picture.ts';
import { recipeSchema } from './recipe.ts';
import { cellSchema } from './script.ts';

export const generationStateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled']);
export type GenerationState = z.output<typeof generationStateSchema>;

export const progressSchema = z.object({
  /** Finished denoiser steps over all batches, of `steps` in all. */
  step: z.int(),
  steps: z.int(),
  /** 0 to 1. */
  fraction: z.number(),
  secondsRemaining: z.number(),
});
export type Progress = z.output<typeof progressSchema>;

export const generationSchema = z.object({
  /** Sortable by time (UUID v7). */
  id: z.string(),
  state: generationStateSchema,
  recipe: recipeSchema,
  /** Name of the model that draws it. */
  model: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  /** Place in the queue, 1 is next; only while queued. */
  position: z.int().optional(),
  progress: progressSchema.optional(),
  /** A data: URI of the latest preview; only while running. */
  preview: z.string().optional(),
  pictures: z.array(pictureSchema),
  /** The drawings of its script, in the script's order; absent without one. */
  cells: z.array(cellSchema).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type Generation = z.output<typeof generationSchema>;

export const generationPageSchema = z.object({
  generations: z.array(generationSchema),
  next: z.string().optional(),
});
export type GenerationPage = z.output<typeof generationPageSchema>;

/** Everything that waits or runs, in order. */
export const queueSchema = z.object({
  running: z.array(generationSchema),
  queued: z.array(generationSchema),
});
export type Queue = z.output<typeof queueSchema>;
