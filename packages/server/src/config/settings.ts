/** Every environment variable that the program reads: its check, default and explanation, as data. */
import { z } from 'zod';

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const whole = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

export const settings = {
  HOST: {
    schema: z.string().min(1).default('127.0.0.1'),
    about: 'Address to listen on. Only loopback addresses are accepted until the program has accounts.',
  },
  PORT: {
    schema: whole(0, 65535).default(7860),
    about: 'Port to listen on; 0 takes any free one.',
  },
  BOTTEGA_DATA: {
    schema: z.string().min(1).default('./data'),
    about: 'Folder of the database, the pictures and added models.',
  },
  DATABASE_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
      .optional(),
    about: 'A PostgreSQL (15 or later) of your own; without it the program starts the one it brings.',
  },
  BOTTEGA_MODELS: {
    schema: z.string().min(1).optional(),
    about:
      'One more folder with models, beside `models` in the data folder and the one that ships with the program.',
  },
  BOTTEGA_ALLOWED_ORIGINS: {
    schema: list.pipe(z.array(z.url({ protocol: /^https?$/ }))).default([]),
    about: 'Origins, separated by commas, whose pages may use this server, e.g. `https://example.org`.',
  },
  BOTTEGA_API_AUTH: {
    schema: list
      .pipe(z.array(z.string().regex(/^[^:]+:.+$/, 'must be pairs of user:password, separated by commas')))
      .default([]),
    about: "Users and passwords that `/sdapi` asks for, e.g. `anna:secret,ben:other`; A1111's `--api-auth`.",
  },
  BOTTEGA_API_ADMINS: {
    schema: list.default([]),
    about:
      'Users of `BOTTEGA_API_AUTH` who may interrupt whatever runs, not only their own jobs, e.g. `anna`.',
  },
  BOTTEGA_API_SERVER_STOP: {
    schema: z.enum(['0', '1']).default('0'),
    about: "`1` lets programs stop the server through `/sdapi`; A1111's `--api-server-stop`.",
  },
  BOTTEGA_MODEL_MEMORY: {
    schema: z.coerce.number().min(0).max(100_000).optional(),
    about:
      'Gigabytes of models that stay loaded, by the size of their files; by default half of the memory. The model in use stays whatever its size.',
  },
  BOTTEGA_THREADS: {
    schema: whole(1, 1024).optional(),
    about: 'Threads of the engine; by default the number of physical cores.',
  },
  BOTTEGA_SPEED: {
    schema: z.enum(['default', 'fast', 'int8']).default('default'),
    about:
      '`fast` rearranges the weights for speed: more memory and a longer load, fewer seconds a step. `int8` computes with 8-bit integers: half the time and nearly the same pictures.',
  },
  BOTTEGA_DEVICE: {
    schema: z
      .string()
      .regex(/^[a-z0-9]+$/, 'must be a name such as cpu or cuda')
      .default('cpu'),
    about: '`cpu`, or `cuda`, `dml`, `coreml`, `webgpu` where the runtime has it.',
  },
  BOTTEGA_QUEUE_LIMIT: {
    schema: whole(1, 100_000).default(1000),
    about: 'Most generations that may wait at once.',
  },
  BOTTEGA_IDLE_MINUTES: {
    schema: z.coerce.number().min(0).max(100_000).default(10),
    about: 'Minutes without work after which the model is unloaded; 0 keeps it for ever.',
  },
  BOTTEGA_LOG_LEVEL: {
    schema: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    about: 'The least important lines that are logged.',
  },
  BOTTEGA_LOG_FORMAT: {
    schema: z.enum(['pretty', 'json']).default('pretty'),
    about: '`json` writes one JSON object a line.',
  },
} as const satisfies Record<string, { readonly schema: z.ZodType; readonly about: string }>;
