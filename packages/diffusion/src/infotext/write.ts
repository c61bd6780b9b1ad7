import { trimPython } from '../tokenizer/python-text.ts';
import { pythonFloat } from './python-float.ts';
import { quote } from './quote.ts';

/**
 * A parameter's value. Whole numbers print as integers; give `pythonFloat(7)` for one that must print as "7.0".
 * Parameters without a value are left out.
 */
export type InfotextValue = string | number | boolean | null | undefined;

/** Parameters in the order in which they are written. */
export type InfotextParameters = Iterable<readonly [name: string, value: InfotextValue]>;

/**
 * A1111's generation parameters: the prompt, the negative prompt where there is one, and a line of `name: value`.
 * A name that comes twice keeps its first place and takes its last value.
 * @example writeInfotext('a cat', '', [['Steps', 20], ['Seed', 1]]) // "a cat\nSteps: 20, Seed: 1"
 */
export function writeInfotext(
  prompt: string,
  negativePrompt: string,
  parameters: InfotextParameters,
): string {
  const line = [...new Map(parameters)]
    .flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, print(value)]]))
    .map(([name, value]) => (name === value ? name : `${name}: ${quote(value)}`))
    .join(', ');
  const negative = negativePrompt === '' ? '' : `\nNegative prompt: ${negativePrompt}`;
  return trimPython(`${prompt}${negative}\n${line}`);
}

function print(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' && !Number.isSafeInteger(value) ? pythonFloat(value) : String(value);
}
