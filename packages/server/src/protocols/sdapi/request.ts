/** Reads requests as FastAPI does: what does not fit is told by place, message and type. */
import type { sdapi } from '@bottega/contract';
import type { Context } from 'hono';
import type { z } from 'zod';
import { readBytes } from '../../errors/input.ts';
import { parseJson } from '../../errors/parse-json.ts';

type Detail = sdapi.ValidationErrorBody['detail'][number];

/** A request that does not fit its contract. */
export class RequestMismatch extends Error {
  override readonly name = 'RequestMismatch';
  readonly detail: readonly Detail[];

  constructor(detail: readonly Detail[], options?: ErrorOptions) {
    super(detail.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '), options);
    this.detail = detail;
  }
}

/** Two prompts of 100,000 characters, each written as `\uXXXX`, twice over for the second pass, and the rest. */
export const wordsLimit = 4 * 2 ** 20;
/** Pictures of 64 MiB in base64. */
export const picturesLimit = 96 * 2 ** 20;

/**
 * The body, read as `schema` says.
 * @param limit Bytes.
 * @throws RequestMismatch, AppError `request.too-large`.
 */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  limit: number,
): Promise<z.output<Schema>> {
  const type = c.req.header('content-type');
  if (type && !/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new RequestMismatch([{ loc: ['body'], msg: 'value is not a valid dict', type: 'type_error.dict' }]);
  }
  const bytes = await readBytes(c, limit);
  if (bytes.length === 0) {
    throw new RequestMismatch([{ loc: ['body'], msg: 'field required', type: 'value_error.missing' }]);
  }
  return fitAt(schema, readBytesAsJson(bytes), ['body']);
}

/** The query string, read as `schema` says. @throws RequestMismatch. */
export function readQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.output<Schema> {
  return fitAt(schema, c.req.query(), ['query']);
}

function readBytesAsJson(bytes: Buffer): unknown {
  try {
    return parseJson(bytes);
  } catch (cause) {
    const message = (cause as Error).message;
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
    const detail = { loc: ['body', position], msg: message.slice(0, 200), type: 'value_error.jsondecode' };
    throw new RequestMismatch([detail], { cause });
  }
}

/** A part of a request, read as `schema` says. @param at Where it is. @throws RequestMismatch. */
export function fitAt<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  at: readonly (string | number)[],
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RequestMismatch(parsed.error.issues.slice(0, 100).map((issue) => describe(issue, value, at)));
}

function describe(issue: z.core.$ZodIssue, value: unknown, at: readonly (string | number)[]): Detail {
  const loc = [...at, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'custom') {
    const { type, ctx } = issue.params as sdapi.FieldError;
    return { loc, msg: issue.message, type, ...(ctx && { ctx: { ...ctx } }) };
  }
  if (issue.code === 'invalid_type') {
    const given = partOf(value, issue.path);
    if (given === undefined) return { loc, msg: 'field required', type: 'value_error.missing' };
    if (given === null && issue.path.length > 0) {
      return { loc, msg: 'none is not an allowed value', type: 'type_error.none.not_allowed' };
    }
    const kind = issue.expected === 'string' ? 'str' : issue.expected === 'array' ? 'list' : 'dict';
    return {
      loc,
      msg: kind === 'str' ? 'str type expected' : `value is not a valid ${kind}`,
      type: `type_error.${kind}`,
    };
  }
  return { loc, msg: issue.message, type: 'value_error' };
}

/** What stands at a place, if there is anything. */
function partOf(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, key)
        ? (part as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    value,
  );
}
