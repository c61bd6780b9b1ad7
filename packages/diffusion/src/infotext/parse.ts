import type { Style } from '../prompt/styles.ts';
import { trimPython } from '../tokenizer/python-text.ts';
import { addDefaults } from './defaults.ts';
import { isOlder, parseVersion } from './program-version.ts';
import { unquote } from './quote.ts';
import { scanParameters } from './scan-parameters.ts';
import { extractStyles } from './extract-styles.ts';

/** What a parsed infotext says, in A1111's names and order; sizes are split into "Size-1" and "Size-2". */
export type ParsedInfotext = ReadonlyMap<string, ParsedValue>;
export type ParsedValue = string | number | boolean | readonly string[];

export type ParseOptions = {
  /** Known styles; default none. */
  readonly styles?: readonly Style[];
  /** What to do with styles found in the prompt: A1111's option "infotext_styles"; default "Apply if any". */
  readonly stylesMode?: 'Ignore' | 'Apply' | 'Discard' | 'Apply if any';
};

/** Fewer pairs in the last line mean that it belongs to the prompt. */
const fewestParameters = 3;
const negativeMark = 'Negative prompt:';
const stylesInHires = { release: [1, 8, 0], pre: [], post: 139 } as const;

/**
 * Reads generation parameters as A1111 does, defaults for what is missing and old versions' quirks included.
 * Never throws: text without parameters is a prompt.
 */
export function parseInfotext(text: string, options: ParseOptions = {}): ParsedInfotext {
  const lines = trimPython(text).split('\n');
  const pairs = scanParameters(lines.at(-1) ?? '');
  const hasParameters = pairs.length >= fewestParameters;
  const prompts = splitPrompts(hasParameters ? lines.slice(0, -1) : lines);

  const result = new Map<string, ParsedValue>();
  for (const [name, raw] of hasParameters ? pairs : []) {
    if (raw === '') continue;
    const value = unquote(raw);
    const size = /^(\p{Nd}+)x(\p{Nd}+)\n?$/u.exec(value);
    if (size === null) result.set(name, value);
    else result.set(`${name}-1`, size[1]).set(`${name}-2`, size[2]);
  }
  const { prompt, negativePrompt } = takeStyles(result, prompts, options);
  result.set('Prompt', prompt).set('Negative prompt', negativePrompt);
  addDefaults(result);
  return result;
}

type Prompts = { readonly prompt: string; readonly negativePrompt: string };

function splitPrompts(lines: readonly string[]): Prompts {
  const positive: string[] = [];
  const negative: string[] = [];
  let target = positive;
  for (const line of lines.map(trimPython)) {
    if (line.startsWith(negativeMark)) target = negative;
    const words = line.startsWith(negativeMark) ? trimPython(line.slice(negativeMark.length)) : line;
    // Empty lines at the beginning leave no trace.
    if (target.length > 0 || words !== '') target.push(words);
  }
  return { prompt: positive.join('\n'), negativePrompt: negative.join('\n') };
}

function takeStyles(
  result: Map<string, ParsedValue>,
  prompts: Prompts,
  { styles = [], stylesMode = 'Apply if any' }: ParseOptions,
): Prompts {
  if (stylesMode === 'Ignore') return prompts;
  const found = extractStyles(prompts.prompt, prompts.negativePrompt, styles);
  if (hasHiresPrompts(result)) {
    const hires = extractStyles(
      String(result.get('Hires prompt') ?? prompts.prompt),
      String(result.get('Hires negative prompt') ?? prompts.negativePrompt),
      styles,
    );
    if (hires.names.join('\n') !== found.names.join('\n')) return prompts;
    result.set('Hires prompt', hires.prompt === found.prompt ? '' : hires.prompt);
    result.set(
      'Hires negative prompt',
      hires.negativePrompt === found.negativePrompt ? '' : hires.negativePrompt,
    );
  }
  if (stylesMode === 'Apply' || (stylesMode === 'Apply if any' && found.names.length > 0)) {
    result.set('Styles array', found.names);
  }
  return found;
}

/** Older versions wrote the prompts of the second pass without styles. */
function hasHiresPrompts(result: ReadonlyMap<string, ParsedValue>): boolean {
  if (!result.has('Hires prompt') && !result.has('Hires negative prompt')) return false;
  const version = parseVersion(String(result.get('Version') ?? ''));
  return version === undefined || isOlder(stylesInHires, version);
}
