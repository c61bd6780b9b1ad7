/** The event stream (`GET /api/v1/events`, server-sent events): every change that a page shows. */
import { z } from 'zod';
import { generationSchema, progressSchema } from './generation.ts';
import { taskSchema } from './task.ts';

export const serverEventSchema = z.discriminatedUnion('type', [
  /** First after connecting or when events were missed: fetch queue and gallery anew. */
  z.object({ type: z.literal('hello'), version: z.string() }),
  /** Queued, started, a picture more, ended: the generation as it is now. */
  z.object({ type: z.literal('generation'), generation: generationSchema }),
  /** A step further; `preview` is a data: URI. */
  z.object({
    type: z.literal('progress'),
    id: z.string(),
    progress: progressSchema,
    preview: z.string().optional(),
  }),
  /** Positions changed. */
  z.object({ type: z.literal('queue'), positions: z.record(z.string(), z.int()) }),
  z.object({ type: z.literal('generation-deleted'), id: z.string() }),
  z.object({ type: z.literal('picture-deleted'), id: z.string() }),
  z.object({ type: z.literal('models') }),
  /** Work that draws nothing: queued, begun, a part further, ended. */
  z.object({ type: z.literal('task'), task: taskSchema }),
  z.object({ type: z.literal('task-deleted'), id: z.string() }),
]);
export type ServerEvent = z.output<typeof serverEventSchema>;
