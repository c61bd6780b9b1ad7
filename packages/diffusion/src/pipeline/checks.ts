import { EngineError } from '../errors.ts';

/** A range of numbers; both ends are allowed. */
export type Range = { readonly min: number; readonly max: number };

/** @throws EngineError 'request.invalid' that names the field, what it may be and what it was. */
export function checkInteger(field: string, value: unknown, { min, max }: Range): number {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  return fits ? value : refuse(field, `must be a whole number from ${min} to ${max}`, value);
}

/** @throws EngineError 'request.invalid', for NaN too. */
export function checkNumber(field: string, value: unknown, { min, max }: Range): number {
  const fits = typeof value === 'number' && value >= min && value <= max;
  return fits ? value : refuse(field, `must be a number from ${min} to ${max}`, value);
}

/** @throws EngineError 'request.invalid' for what is no text or longer than `most` characters. */
export function checkText(field: string, value: unknown, most: number): string {
  if (typeof value !== 'string') return refuse(field, 'must be a text', value);
  return value.length <= most
    ? value
    : refuse(field, `must have at most ${most} characters`, `${value.length} characters`);
}

/** @throws EngineError 'request.invalid' for what is none of the choices. */
export function checkChoice<Choice extends string>(
  field: string,
  value: unknown,
  choices: readonly Choice[],
): Choice {
  return (
    choices.find((choice) => choice === value) ?? refuse(field, `must be one of ${choices.join(', ')}`, value)
  );
}

/** @throws EngineError 'request.invalid' for what is neither true nor false. */
export function checkFlag(field: string, value: unknown): boolean {
  return typeof value === 'boolean' ? value : refuse(field, 'must be true or false', value);
}

/** @throws EngineError 'request.invalid' for what has no properties by name; those must be checked as well. */
export function checkObject<Thing extends object>(field: string, value: Thing): Thing {
  const fits = typeof value === 'object' && value !== null && !Array.isArray(value);
  return fits ? value : refuse(field, 'must be an object', value);
}

/** @throws EngineError 'request.invalid' */
export function refuse(field: string, demand: string, value: unknown): never {
  throw new EngineError('request.invalid', { field, reason: `${demand}, not ${show(value)}` });
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const exact = typeof value === 'number' ? String(value) : text;
  return exact.length > 60 ? `${exact.slice(0, 60)}...` : exact;
}
