/** The machine and the program. */
import { z } from 'zod';
import { flag } from './kinds.ts';

export const memorySchema = z.object({
  /** Bytes. */
  ram: z.object({ free: z.number(), used: z.number(), total: z.number() }),
  cuda: z.record(z.string(), z.unknown()),
});

/** Settings and flags: any keys, JSON values. */
export const anyObjectSchema = z.record(z.string(), z.unknown());

/** Routes that answer with nothing to say. */
export const emptySchema = z.object({});

/** Routes that answer `null`. */
export const nullSchema = z.null();

/** Training and creating, whose outcome is a sentence. */
export const outcomeSchema = z.object({ info: z.string() });

/** A1111's list of settings that can stand at the top of its page. */
export const quicksettingsHintSchema = z.array(z.object({ name: z.string(), label: z.string() }));

/** How long starting took, in seconds, as a whole and by what was done. */
export const startupProfileSchema = z.object({
  total: z.number(),
  records: z.record(z.string(), z.number()),
});

/** A report to hand to whoever helps: neither paths nor names nor secrets are in it. */
export const sysinfoSchema = z.object({
  Platform: z.string(),
  Node: z.string(),
  Version: z.string(),
  CPU: z.object({ model: z.string(), 'count logical': z.int() }),
  RAM: z.object({ total: z.string(), used: z.string(), free: z.string() }),
  Extensions: z.array(z.unknown()),
  'Inactive extensions': z.array(z.unknown()),
  Startup: startupProfileSchema,
  /** A1111's settings that differ from its defaults; keys of clients' own and names of files are left out. */
  Config: z.record(z.string(), z.unknown()),
});
export type Sysinfo = z.output<typeof sysinfoSchema>;
export const sysinfoQuerySchema = z.object({ attachment: flag(false) });
