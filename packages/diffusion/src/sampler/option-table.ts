import { EngineError } from '../errors.ts';

type Value = number | boolean | string;

/** One of A1111's settings that act on pictures. */
export type Option = {
  /** A1111's name, used by requests, its API and its settings. */
  readonly name: string;
  readonly default: Value;
  readonly min?: number;
  readonly max?: number;
  readonly isWhole?: boolean;
  readonly choices?: readonly string[];
};

type Widened<T> = T extends number ? number : T extends boolean ? boolean : string;

/** The options of a table with every value present. */
export type OptionsOf<Table extends Readonly<Record<string, Option>>> = {
  readonly [K in keyof Table]: Widened<Table[K]['default']>;
};

/**
 * Options from a request: A1111's names, unknown ones ignored, missing ones at their default.
 * @throws EngineError 'request.invalid' naming the option whose value has the wrong type or lies outside its range.
 */
export function readOptions<Table extends Readonly<Record<string, Option>>>(
  table: Table,
  given: Readonly<Record<string, unknown>>,
): OptionsOf<Table> {
  const read = Object.entries(table).map(([key, option]) => [
    key,
    readOption(option, given) ?? option.default,
  ]);
  return Object.fromEntries(read) as OptionsOf<Table>;
}

/** The same for one; undefined where it is missing. */
export function readOption(option: Option, given: Readonly<Record<string, unknown>>): Value | undefined {
  const value = given[option.name];
  return value === undefined || value === null ? undefined : checked(option, value);
}

function checked(option: Option, value: unknown): Value {
  const { name, min = -Infinity, max = Infinity, isWhole, choices } = option;
  const refuse = (reason: string): never => {
    throw new EngineError('request.invalid', { field: name, reason });
  };
  if (typeof value !== typeof option.default) return refuse(`must be a ${typeof option.default}`);
  if (typeof value === 'number' && !(Number.isFinite(value) && value >= min && value <= max)) {
    return refuse(max === Infinity ? `must be at least ${min}` : `must lie between ${min} and ${max}`);
  }
  if (isWhole && !Number.isInteger(value)) return refuse('must be a whole number');
  if (choices && !choices.includes(String(value))) return refuse(`must be one of ${choices.join(', ')}`);
  return value as Value;
}
