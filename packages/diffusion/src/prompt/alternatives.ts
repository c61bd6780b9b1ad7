import { parsePythonFloat, pythonSpace, pythonWord, trimPythonEnd } from '../tokenizer/python-text.ts';

/** One of the prompts that AND joins, and its share in the guidance. */
export type WeightedPrompt = { readonly prompt: string; readonly weight: number };

const andWord = new RegExp(`(?<![${pythonWord}])AND(?![${pythonWord}])`, 'u');
const weightAtEnd = new RegExp(
  String.raw`^[${pythonSpace}]*([-+]?(?:\p{Nd}+\.?|\p{Nd}*\.\p{Nd}+))[${pythonSpace}]*$`,
  'u',
);

/**
 * Splits a prompt at the word AND into prompts that guide together; `: 0.5` at the end of one is its weight (default 1).
 * Brackets are not looked at: AND inside them splits as well, as in A1111. White space at the end of a part is dropped.
 * @example splitAtAnd('a cat :1.2 AND a dog') // [{prompt: 'a cat', weight: 1.2}, {prompt: ' a dog', weight: 1}]
 */
export function splitAtAnd(prompt: string): readonly WeightedPrompt[] {
  return prompt.split(andWord).map((part) => {
    const colon = part.lastIndexOf(':');
    const weight = colon < 0 ? null : weightAtEnd.exec(part.slice(colon + 1));
    return weight === null
      ? { prompt: trimPythonEnd(part), weight: 1 }
      : { prompt: trimPythonEnd(part.slice(0, colon)), weight: parsePythonFloat(weight[1]) };
  });
}
