/** Replaces the wildcards of a prompt by lines that the seed decides. */
import { pythonRandom } from '@bottega/diffusion';
import { replaceWildcards } from './names.ts';
import type { Wildcards } from './read-wildcards.ts';

/** A wildcard may name wildcards so deep; what lies deeper stays as it stands. */
const deepest = 10;
/** Characters: of a prompt that grows on and on the rest stays as it stands. */
const longest = 100_000;

/**
 * As A1111's extension "Simple wildcards" draws them, one after the other from Python's generator with this seed; a
 * line's own wildcards are drawn where it stands. Names without a file stay as they are.
 * @example fillWildcards('a __colour__ cat', 5, new Map([['colour', ['red']]])) // 'a red cat'
 */
export function fillWildcards(text: string, seed: number, wildcards: Wildcards): string {
  if (wildcards.size === 0) return text;
  const { choice } = pythonRandom(seed);
  let length = text.length;
  const fill = (part: string, depth: number): string =>
    replaceWildcards(part, (name) => {
      const lines = wildcards.get(name);
      if (lines === undefined || depth === deepest || length > longest) return undefined;
      const line = choice(lines);
      length += line.length;
      return fill(line, depth + 1);
    });
  const filled = fill(text, 0);
  return filled.length > longest ? text : filled;
}
