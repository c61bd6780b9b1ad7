/** What runs: `/sdapi/v1/progress`, and the calls of A1111's page that some clients use. */
import { z } from 'zod';
import { flag, integer, text } from './kinds.ts';

export const progressQuerySchema = z.object({ skip_current_image: flag(false) });

export const progressResponseSchema = z.object({
  /** 0 to 1; 0 only while nothing runs. */
  progress: z.number(),
  /** Seconds that remain. */
  eta_relative: z.number(),
  state: z.object({
    skipped: z.boolean(),
    interrupted: z.boolean(),
    stopping_generation: z.boolean(),
    job: z.string(),
    /** Batches of the running job, 0 while nothing runs. */
    job_count: z.int(),
    job_timestamp: z.string(),
    /** Finished batches. */
    job_no: z.int(),
    /** Steps within the batch. */
    sampling_step: z.int(),
    sampling_steps: z.int(),
  }),
  /** A preview in base64. */
  current_image: z.string().nullable(),
  textinfo: z.string().nullable(),
});
export type ProgressResponse = z.output<typeof progressResponseSchema>;

export const taskProgressRequestSchema = z.object({
  id_task: text(null, 200),
  /** The preview that the client has already; it is not sent again. */
  id_live_preview: integer(-1),
  live_preview: flag(true),
});

export const taskProgressResponseSchema = z.object({
  active: z.boolean(),
  queued: z.boolean(),
  completed: z.boolean(),
  progress: z.number().nullable(),
  eta: z.number().nullable(),
  /** A `data:` URI. */
  live_preview: z.string().nullable(),
  id_live_preview: z.int().nullable(),
  textinfo: z.string().nullable(),
});
export type TaskProgressResponse = z.output<typeof taskProgressResponseSchema>;

export const pendingTasksSchema = z.object({ size: z.int(), tasks: z.array(z.string()) });
