/** The machine and the program. */
import { z } from 'zod';

export const memorySchema = z.object({
  /** Bytes. */
  ram: z.object({ free: z.number(), used: z.number(), total: z.number() }),
  cuda: z.record(z.string(), z.unknown()),
});

/** Settings and flags: any keys, JSON values. */
export const anyObjectSchema = z.record(z.string(), z.unknown());

/** Routes that answer with nothing to say. */
export const emptySchema = z.object({});

/** Training and creating, whose outcome is a sentence. */
export const outcomeSchema = z.object({ info: z.string() });
