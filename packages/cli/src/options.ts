/** Reading option values: numbers and sizes, with an error that names the option. */
import { UsageError, type Values } from './command.ts';

/** A text option, or undefined where it was not given. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** An option that may come several times. */
export function texts(values: Values, name: string): readonly string[] {
  const given = values[name];
  return Array.isArray(given) ? given.map(String) : [];
}

/** A number option; throws a UsageError where it is none. Ranges are the engine's to check. */
export function number(values: Values, name: string): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed))
    throw new UsageError(`--${name} takes a number, not "${value}".`);
  return parsed;
}

/** `512x768` as width and height. */
export function size(values: Values, name: string): { width: number; height: number } | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const match = /^(\d{1,6})x(\d{1,6})$/.exec(value);
  if (match === null) throw new UsageError(`--${name} takes WIDTHxHEIGHT, such as 512x512, not "${value}".`);
  return { width: Number(match[1]), height: Number(match[2]) };
}

/** Leaves out what was not given, so that defaults of the model and the engine apply. */
export function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** An option without a value: true, or undefined where it was not given. */
export function flag(values: Values, name: string): true | undefined {
  return values[name] === true ? true : undefined;
}
