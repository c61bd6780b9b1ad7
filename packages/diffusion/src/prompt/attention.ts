import { EngineError } from '../errors.ts';
import {
  parsePythonFloat,
  pythonSpace,
  pythonWord,
  trimPythonEnd,
  trimPythonStart,
} from '../tokenizer/python-text.ts';

/** A stretch of a prompt and how much the picture should heed it; 1 is normal. */
export type WeightedText = { readonly text: string; readonly weight: number };

/** Marks the end of a chunk, where the prompt says BREAK outside brackets; `(a BREAK b)` has another weight. */
export const breakMark: WeightedText = { text: 'BREAK', weight: -1 };

/** True for the marker that ends a chunk. */
export function isBreak({ text, weight }: WeightedText): boolean {
  return text === breakMark.text && weight === breakMark.weight;
}

const roundFactor = 1.1;
const squareFactor = 1 / 1.1;
/**
 * Brackets within so many open ones are paired but have no weight: 1.1 to this power is beyond float32, and the
 * original's time, which grows with length times depth, stays bounded.
 */
const maxDepth = 1000;

const lexeme = new RegExp(
  String.raw`\\[()[\]\\]|\\|[([]|:[${pythonSpace}]*([+-]?[.\p{Nd}]+)[${pythonSpace}]*\)|[)\]:]|[^\\()[\]:]+`,
  'gu',
);
const breakWord = new RegExp(`(?<![${pythonWord}])BREAK(?![${pythonWord}])`, 'gu');

/**
 * Reads A1111's emphasis: `(word)` is 1.1, `[word]` 1 / 1.1, `(word:1.3)` 1.3, nesting multiplies, a backslash makes
 * the bracket after it a letter, brackets left open reach to the end, stray closing ones are letters. Neighbours of
 * equal weight are joined. Weights are the float64 products in the original's order.
 * @throws EngineError `request.invalid` for a weight that is no number, `(word:1.2.3)`, where the original crashes
 * @example parseAttention('a (red:1.3) cat') // [{text: 'a ', weight: 1}, {text: 'red', weight: 1.3}, {text: ' cat', weight: 1}]
 */
export function parseAttention(prompt: string): readonly WeightedText[] {
  const texts: string[] = [];
  const weights: number[] = [];
  const open: Readonly<Record<'(' | '[', number[]>> = { '(': [], '[': [] };
  const add = ({ text, weight }: WeightedText) => {
    texts.push(text);
    weights.push(weight);
  };
  const depth = () => open['('].length + open['['].length;
  const close = (from: number, factor: number) => {
    for (let i = from; i < weights.length; i++) weights[i] *= factor;
  };

  for (const [text, weight] of prompt.matchAll(lexeme)) {
    if (text.startsWith('\\')) add({ text: text.slice(1), weight: 1 });
    else if (text === '(' || text === '[') open[text].push(depth() < maxDepth ? texts.length : Infinity);
    else if (weight !== undefined && open['('].length > 0) close(popped(open['(']), parseWeight(weight));
    else if (text === ')' && open['('].length > 0) close(popped(open['(']), roundFactor);
    else if (text === ']' && open['['].length > 0) close(popped(open['[']), squareFactor);
    else splitAtBreaks(text).forEach(add);
  }
  for (const from of open['(']) close(from, roundFactor);
  for (const from of open['[']) close(from, squareFactor);
  return texts.length === 0 ? [{ text: '', weight: 1 }] : joinEqual(texts, weights);
}

function popped(stack: number[]): number {
  return stack.pop() ?? 0;
}

function parseWeight(text: string): number {
  const weight = parsePythonFloat(text);
  if (Number.isNaN(weight)) {
    throw new EngineError('request.invalid', {
      field: 'prompt',
      reason: `"${text.slice(0, 40)}" in (words:${text.slice(0, 40)}) is not a number`,
    });
  }
  return weight;
}

/** White space around BREAK belongs to it. */
function splitAtBreaks(text: string): readonly WeightedText[] {
  const parts = text.split(breakWord);
  return parts.flatMap((part, i) => {
    const left = i === 0 ? part : trimPythonStart(part);
    const trimmed = i === parts.length - 1 ? left : trimPythonEnd(left);
    return i === 0 ? [{ text: trimmed, weight: 1 }] : [breakMark, { text: trimmed, weight: 1 }];
  });
}

function joinEqual(texts: readonly string[], weights: readonly number[]): readonly WeightedText[] {
  const joined: { parts: string[]; weight: number }[] = [];
  texts.forEach((text, i) => {
    const last = joined.at(-1);
    if (last?.weight === weights[i]) last.parts.push(text);
    else joined.push({ parts: [text], weight: weights[i] });
  });
  return joined.map(({ parts, weight }) => ({ text: parts.join(''), weight }));
}
