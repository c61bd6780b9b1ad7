import { basename, extname } from 'node:path';
import { EngineError } from '../errors.ts';
import { pythonFloat } from '../infotext/python-float.ts';
import type { MergeMethod, MergeRequest } from './merge-request.ts';

/** How the name tells that the result takes more than a noisy picture; empty for others. */
export type Variant = '' | '.inpainting' | '.instruct-pix2pix';

/**
 * The result's name without extension: what is asked for, or A1111's, which says how it was made.
 * @throws EngineError 'request.invalid' for names that are no file names.
 */
export function resultName(
  request: Pick<MergeRequest, 'a' | 'b' | 'c' | 'name'>,
  method: MergeMethod,
  ratio: number,
  variant: Variant,
): string {
  const [a, b, c] = [request.a, request.b, request.c].map((path = '') => basename(path, extname(path)));
  const names: Readonly<Record<MergeMethod, string>> = {
    'weighted-sum': `${rounded(1 - ratio)}(${a}) + ${rounded(ratio)}(${b})`,
    'add-difference': `${a} + ${rounded(ratio)}(${b} - ${c})`,
    'no-interpolation': a,
  };
  return checked(request.name ?? names[method]) + variant;
}

/** Nothing that leaves the folder, hides the file or is no name on some system. */
function checked(name: string): string {
  // oxlint-disable-next-line no-control-regex
  const isOdd = /[/\\:*?"<>|\u0000-\u001f]/.test(name) || /^[. ]|[. ]$/.test(name);
  if (!isOdd && name !== '' && Buffer.byteLength(name) <= 200) return name;
  const reason =
    'must be a file name of at most 200 bytes without / \\ : * ? " < > |, and not begin with a dot';
  throw new EngineError('request.invalid', { field: 'name', reason });
}

/** As Python's `round(value, 2)`: halves that are exact go to the even digit. */
function rounded(value: number): string {
  const isExactHalf = Number.isInteger(value * 8) && !Number.isInteger(value * 4);
  const hundredths = isExactHalf ? 2 * Math.round((value * 100) / 2) : Number(value.toFixed(2)) * 100;
  return pythonFloat(Math.round(hundredths) / 100);
}
