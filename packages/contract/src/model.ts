/** Installed models, samplers and schedules: what a page or a program can choose from. */
import { z } from 'zod';

export const modelSchema = z.object({
  /** File name without extension; unique. */
  name: z.string(),
  /** A1111's title: file name and, once hashed, `[first 10 of SHA-256]`. */
  title: z.string(),
  fileName: z.string(),
  architecture: z.string(),
  description: z.string(),
  precision: z.string(),
  parameters: z.int(),
  bytes: z.int(),
  sha256: z.string().optional(),
  isDefault: z.boolean(),
  /** Why it cannot be used; absent where it can. */
  problem: z.string().optional(),
  license: z.string().optional(),
  defaults: z.object({
    steps: z.int(),
    cfgScale: z.number(),
    sampler: z.string(),
    scheduler: z.string(),
    width: z.int(),
    height: z.int(),
  }),
});
export type ModelInfo = z.output<typeof modelSchema>;
export const modelListSchema = z.object({ models: z.array(modelSchema) });

export const vaeListSchema = z.object({
  vaes: z.array(
    z.object({
      /** The file's name, by which recipes name it. */
      name: z.string(),
      bytes: z.int(),
    }),
  ),
});
export type VaeList = z.output<typeof vaeListSchema>;

export const choicesSchema = z.object({
  samplers: z.array(z.object({ name: z.string(), aliases: z.array(z.string()) })),
  schedulers: z.array(z.object({ name: z.string(), label: z.string() })),
});
export type Choices = z.output<typeof choicesSchema>;

export const statusSchema = z.object({
  version: z.string(),
  /** 'starting' while the worker comes up. */
  worker: z.enum(['starting', 'ready', 'busy', 'lost']),
  queued: z.int(),
  running: z.int(),
  pictures: z.int(),
});
export type Status = z.output<typeof statusSchema>;
