import { pythonSpace, pythonWord } from '../tokenizer/python-text.ts';

const space = new RegExp(`[${pythonSpace}]`, 'u');
const word = new RegExp(`[${pythonWord}]`, 'u');
const nameCharacter = new RegExp(`[${pythonWord} \\-/]`, 'u');

/**
 * The `name: value` pairs of a line, in time linear in its length. A name starts with a word character and has at
 * least two of word characters, spaces, `-` and `/`; a value ends at a comma, unless it is a quoted string.
 * Accepts what A1111's `\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)` finds.
 */
export function scanParameters(line: string): readonly (readonly [name: string, value: string])[] {
  const found: [string, string][] = [];
  let from = 0;
  for (let colon = line.indexOf(':'); colon >= 0; colon = line.indexOf(':', Math.max(colon + 1, from))) {
    const name = nameBefore(line, from, colon);
    if (name === undefined) continue;
    let start = colon + 1;
    while (start < line.length && space.test(line[start])) start++;
    const end = quotedEnd(line, start) ?? commaOrEnd(line, start);
    found.push([name, line.slice(start, end)]);
    from = end + 1;
  }
  return found;
}

function nameBefore(line: string, from: number, colon: number): string | undefined {
  let start = colon;
  for (let i = colon - 1; i >= from && nameCharacter.test(line[i]); i--) if (word.test(line[i])) start = i;
  return colon - start >= 2 ? line.slice(start, colon) : undefined;
}

/** Where a quoted string that fills the value ends. */
function quotedEnd(line: string, start: number): number | undefined {
  if (line[start] !== '"') return undefined;
  let i = start + 1;
  while (i < line.length && line[i] !== '"') i += line[i] === '\\' ? 2 : 1;
  const isWhole = i < line.length && i > start + 1 && (i + 1 === line.length || line[i + 1] === ',');
  return isWhole ? i + 1 : undefined;
}

function commaOrEnd(line: string, start: number): number {
  const comma = line.indexOf(',', start);
  return comma < 0 ? line.length : comma;
}
