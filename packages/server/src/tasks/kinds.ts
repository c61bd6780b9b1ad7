/** What tasks are asked, with nothing left open, and what they give beside pictures. */
import type { EnlargeRequest, MergeRequest } from '@bottega/diffusion';

export type TaskRequest =
  | ({ readonly kind: 'upscale' } & EnlargeRequest)
  | ({ readonly kind: 'merge' } & MergeRequest);

export type TaskKind = TaskRequest['kind'];

export type TaskResult = {
  /** What was done to pictures, in A1111's words. */
  readonly note?: string;
  /** The name of a new model. */
  readonly model?: string;
};
