/** The values of an axis, as A1111's X/Y/Z plot reads them. */
import { invalidScript, mostDrawings } from '../limits.ts';

export type Value = number | string | readonly string[];

/** What an axis takes: numbers know ranges; "orders" are all orders of the values. */
export type Kind = 'whole' | 'real' | 'text' | 'orders';

const whole = String.raw`\s*([+-]?\s*\d+)\s*-\s*([+-]?\s*\d+)`;
const real = String.raw`\s*([+-]?\s*\d+(?:.\d*)?)\s*-\s*([+-]?\s*\d+(?:.\d*)?)`;
/** `1-5`, `1-5 (+2)` for every second, `1-10 [5]` for five evenly spread. */
const patterns = {
  whole: {
    step: new RegExp(String.raw`^${whole}(?:\s*\(([+-]\d+)\s*\))?\s*$`),
    count: new RegExp(String.raw`^${whole}(?:\s*\[(\d+)\s*\])?\s*$`),
  },
  real: {
    step: new RegExp(String.raw`^${real}(?:\s*\(([+-]\d+(?:.\d*)?)\s*\))?\s*$`),
    count: new RegExp(String.raw`^${real}(?:\s*\[(\d+(?:.\d*)?)\s*\])?\s*$`),
  },
} as const;

/** Characters of a number or a range. */
const longestNumber = 100;

/**
 * @param field Named where a value does not fit.
 * @throws AppError `request.invalid`.
 */
export function readValues(texts: readonly string[], kind: Kind, field: string): readonly Value[] {
  if (kind === 'text') return few(texts, field);
  if (kind === 'orders') return permutations(texts, field);
  return few(
    texts.flatMap((text) => readNumbers(text, kind, field)),
    field,
  );
}

function readNumbers(text: string, kind: 'whole' | 'real', field: string): readonly number[] {
  if (text.length > longestNumber) throw notANumber(text, kind, field);
  const { step, count } = patterns[kind];
  const stepped = step.exec(text);
  if (stepped !== null) {
    const [from, to, by] = [number(stepped[1]), number(stepped[2]), number(stepped[3] ?? '1')];
    return kind === 'whole' ? wholeSteps(from, to + 1, by, field) : realSteps(from, to + by, by, field);
  }
  const counted = count.exec(text);
  if (counted !== null) {
    const [from, to, many] = [number(counted[1]), number(counted[2]), Math.trunc(number(counted[3] ?? '1'))];
    const spread = spreadOut(from, to, many, field);
    return kind === 'whole' ? spread.map(Math.trunc) : spread;
  }
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const fits = kind === 'whole' ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (!fits) throw notANumber(text, kind, field);
  return [value];
}

function notANumber(text: string, kind: string, field: string) {
  return invalidScript(`"${text.slice(0, 60)}" is not a ${kind} number`, field);
}

function number(text: string): number {
  return Number(text.replaceAll(/\s/g, ''));
}

/** Python's range. */
function wholeSteps(from: number, end: number, by: number, field: string): number[] {
  if (by === 0) throw invalidScript('has a range with steps of 0', field);
  return listed(Math.ceil((end - from) / by), (i) => from + i * by, field);
}

/** NumPy's arange, whose step is what two of its values differ by. */
function realSteps(from: number, end: number, by: number, field: string): number[] {
  if (by === 0) throw invalidScript('has a range with steps of 0', field);
  const step = from + by - from;
  return listed(Math.ceil((end - from) / by), (i) => from + i * step, field);
}

/** NumPy's linspace. */
function spreadOut(from: number, to: number, count: number, field: string): number[] {
  const step = (to - from) / (count - 1);
  return listed(count, (i) => (count > 1 && i === count - 1 ? to : i === 0 ? from : i * step + from), field);
}

function listed(count: number, value: (index: number) => number, field: string): number[] {
  if (count > mostDrawings) throw tooMany(field);
  return Array.from({ length: Math.max(0, count || 0) }, (_, index) => value(index));
}

/** In the order of Python's itertools. */
function permutations(texts: readonly string[], field: string): readonly (readonly string[])[] {
  if (texts.length > 6) throw tooMany(field);
  if (texts.length < 2) return [texts];
  return texts.flatMap((first, index) =>
    permutations(texts.toSpliced(index, 1), field).map((rest) => [first, ...rest]),
  );
}

function few<T>(values: readonly T[], field: string): readonly T[] {
  if (values.length > mostDrawings) throw tooMany(field);
  return values;
}

function tooMany(field: string) {
  return invalidScript(`has more values than the ${mostDrawings} drawings of one order`, field);
}
