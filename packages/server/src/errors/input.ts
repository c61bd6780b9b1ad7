/** Reads what a request brings, within limits, and says exactly what is wrong with it. */
import { AppError } from '@bottega/contract';
import type { Context } from 'hono';
import type { z } from 'zod';
import { invalid } from './invalid.ts';
import { parseJson } from './parse-json.ts';

/**
 * The body's bytes. A body that announces too much is refused before any of it is read.
 * @throws AppError `request.too-large`.
 */
export async function readBytes(c: Context, limit: number): Promise<Buffer> {
  const tooLarge = () => new AppError('request.too-large', { limit: `${limit / 2 ** 20} MiB` });
  if (Number(c.req.header('content-length') ?? 0) > limit) throw tooLarge();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of c.req.raw.body ?? []) {
    size += part.length;
    if (size > limit) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/**
 * The body as JSON; the caller checks its form. An empty body is `{}`.
 * @throws AppError `request.unsupported-type`, `request.too-large`, `request.malformed`.
 */
export async function readJson<T>(c: Context, limit: number): Promise<T> {
  const type = c.req.header('content-type') ?? 'none';
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new AppError('request.unsupported-type', {
      type: type.slice(0, 100),
      expected: 'application/json',
    });
  }
  const bytes = await readBytes(c, limit);
  try {
    return (bytes.length === 0 ? {} : parseJson(bytes)) as T;
  } catch (cause) {
    throw new AppError('request.malformed', { reason: (cause as Error).message.slice(0, 200) }, { cause });
  }
}

/** The query string, checked. @throws AppError `request.invalid`. */
export function readQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(c.req.query());
  if (!parsed.success) throw invalid(parsed.error.issues[0]);
  return parsed.data;
}
