/**
 * Words as a POSIX shell takes them apart (Python's shlex.split): quotes hold words together, a backslash takes the
 * next character as it is, within double quotes only before `"` and `\`.
 * @returns `undefined` where a quote or a backslash has no end.
 */
export function shellWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else if (quote === '"' && character === '\\' && /["\\]/.test(text[i + 1] ?? '')) word += text[++i];
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\') {
      if (i + 1 === text.length) return undefined;
      word = (word ?? '') + text[++i];
    } else if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}
