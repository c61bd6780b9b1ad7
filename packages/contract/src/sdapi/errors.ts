/** The two shapes of refusal that clients of A1111 know. */
import { z } from 'zod';

/** Refusals and failures with a reason (status 4xx or 500). */
export const sdapiErrorSchema = z.object({
  /** Kind of error: `HTTPException`, or a code of this program's tables. */
  error: z.string(),
  detail: z.string(),
  body: z.string(),
  errors: z.string(),
});
export type SdapiErrorBody = z.output<typeof sdapiErrorSchema>;

/** A request that does not fit its contract (status 422), as FastAPI and pydantic 1 say it. */
export const validationErrorSchema = z.object({
  detail: z.array(
    z.object({
      /** Where: `["body", "steps"]`. */
      loc: z.array(z.union([z.string(), z.int()])),
      msg: z.string(),
      type: z.string(),
      ctx: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});
export type ValidationErrorBody = z.output<typeof validationErrorSchema>;
