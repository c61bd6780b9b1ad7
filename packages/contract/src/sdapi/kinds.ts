/**
 * Kinds of request fields that read as A1111's do: pydantic 1 coerces ("20" and 20.7 are the integer 20, "yes" is
 * true), unknown keys are ignored, and null stands for the default. Its messages and types of error are kept, since
 * programs match on them (pydantic 1.10, `pydantic/validators.py` and `pydantic/errors.py`).
 */
import { z } from 'zod';

/** What an issue carries besides its message; `ctx` holds the limit that was passed. */
export type FieldError = { readonly type: string; readonly ctx?: Readonly<Record<string, unknown>> };

/** The largest and smallest value that is accepted, both inclusive. */
export type Limits = { readonly min?: number; readonly max?: number };

type Outcome<T> = { readonly value: T } | (FieldError & { readonly message: string });

/** A whole number; fractions are cut off. */
export function integer<D extends number | null>(fallback: D, limits: Limits = {}): z.ZodType<number | D> {
  return field<number, D>(fallback, { type: 'integer', ...described(limits) }, (raw) => {
    const value = numeric(raw);
    const whole = typeof raw === 'string' && !/^\s*[-+]?\d+\s*$/.test(raw) ? Number.NaN : Math.trunc(value);
    if (!Number.isFinite(whole)) {
      return { message: 'value is not a valid integer', type: 'type_error.integer' };
    }
    return within(whole, limits);
  });
}

/** A finite number. */
export function float<D extends number | null>(fallback: D, limits: Limits = {}): z.ZodType<number | D> {
  return field<number, D>(fallback, { type: 'number', ...described(limits) }, (raw) => {
    const value = numeric(raw);
    if (!Number.isFinite(value)) return { message: 'value is not a valid float', type: 'type_error.float' };
    return within(value, limits);
  });
}

/** Text of at most `longest` UTF-16 units. */
export function text<D extends string | null>(fallback: D, longest = 100_000): z.ZodType<string | D> {
  return field<string, D>(fallback, { type: 'string', maxLength: longest }, (raw) => {
    if (!['string', 'number', 'boolean'].includes(typeof raw)) {
      return { message: 'str type expected', type: 'type_error.str' };
    }
    const value = String(raw);
    return value.length <= longest
      ? { value }
      : {
          message: `ensure this value has at most ${longest} characters`,
          type: 'value_error.any_str.max_length',
          ctx: { limit_value: longest },
        };
  });
}

const words = new Map([
  ...['1', 'true', 't', 'yes', 'y', 'on'].map((word) => [word, true] as const),
  ...['0', 'false', 'f', 'no', 'n', 'off'].map((word) => [word, false] as const),
]);

/** True or false, also as a number or a word. */
export function flag<D extends boolean | null>(fallback: D): z.ZodType<boolean | D> {
  return field<boolean, D>(fallback, { type: 'boolean' }, (raw) => {
    const value = words.get(String(raw).toLowerCase());
    return value === undefined || typeof raw === 'object'
      ? { message: 'value could not be parsed to a boolean', type: 'type_error.bool' }
      : { value };
  });
}

/** A list of anything. */
export function list<D extends readonly unknown[] | null>(fallback: D): z.ZodType<readonly unknown[] | D> {
  return field<readonly unknown[], D>(fallback, { type: 'array', items: {} }, (raw) =>
    Array.isArray(raw) ? { value: raw } : { message: 'value is not a valid list', type: 'type_error.list' },
  );
}

/** A list of texts. */
export function texts<D extends readonly string[] | null>(fallback: D): z.ZodType<readonly string[] | D> {
  return field<readonly string[], D>(fallback, { type: 'array', items: { type: 'string' } }, (raw) => {
    if (!Array.isArray(raw)) return { message: 'value is not a valid list', type: 'type_error.list' };
    return raw.every((item) => typeof item === 'string')
      ? { value: raw as string[] }
      : { message: 'str type expected', type: 'type_error.str' };
  });
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** An object with any keys. */
export function record<D extends JsonObject | null>(fallback: D): z.ZodType<JsonObject | D> {
  return field<JsonObject, D>(fallback, { type: 'object' }, (raw) =>
    typeof raw === 'object' && raw !== null && !Array.isArray(raw)
      ? { value: raw as JsonObject }
      : { message: 'value is not a valid dict', type: 'type_error.dict' },
  );
}

/** Wraps a reader of one present value; absent and null become `fallback`. */
function field<T, D>(fallback: D, json: JsonObject, read: (raw: unknown) => Outcome<T>): z.ZodType<T | D> {
  return z
    .unknown()
    .optional()
    .transform((raw, context): T | D => {
      if (raw === undefined || raw === null) return fallback;
      const outcome = read(raw);
      if ('value' in outcome) return outcome.value;
      const { message, ...params } = outcome;
      context.addIssue({ code: 'custom', message, params });
      return z.NEVER;
    })
    .meta({ ...json, ...(fallback !== null && { default: fallback }) });
}

function numeric(raw: unknown): number {
  if (typeof raw === 'number') return raw;
  if (typeof raw === 'boolean') return raw ? 1 : 0;
  return typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : Number.NaN;
}

function within(value: number, { min = -Infinity, max = Infinity }: Limits): Outcome<number> {
  if (value < min) {
    return {
      message: `ensure this value is greater than or equal to ${min}`,
      type: 'value_error.number.not_ge',
      ctx: { limit_value: min },
    };
  }
  if (value > max) {
    return {
      message: `ensure this value is less than or equal to ${max}`,
      type: 'value_error.number.not_le',
      ctx: { limit_value: max },
    };
  }
  return { value };
}

function described({ min, max }: Limits): JsonObject {
  return { ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) };
}
