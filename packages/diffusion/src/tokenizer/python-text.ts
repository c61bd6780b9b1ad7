/**
 * The original programs are written in Python, whose regular expressions see Unicode where JavaScript's see ASCII.
 * Sources of character classes for expressions with the `u` flag, to be put between brackets.
 */

/** `\s` of Python's `re`: JavaScript's without U+FEFF, and with U+001C to U+001F and U+0085. */
export const pythonSpace = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;

/** `\w` of Python's `re`. */
export const pythonWord = String.raw`\p{L}\p{N}_`;

const space = new RegExp(`[${pythonSpace}]`, 'u');

/** `str.rstrip()`. In time proportional to what is removed, which a regular expression would not be. */
export function trimPythonEnd(text: string): string {
  let end = text.length;
  while (end > 0 && space.test(text[end - 1])) end--;
  return text.slice(0, end);
}

/** `str.lstrip()`. */
export function trimPythonStart(text: string): string {
  let start = 0;
  while (start < text.length && space.test(text[start])) start++;
  return text.slice(start);
}

/** `str.strip()`. */
export function trimPython(text: string): string {
  return trimPythonStart(trimPythonEnd(text));
}

/**
 * `float(text)` for decimal notation in the digits of any script ("１.5" is 1.5); NaN where Python raises.
 * Hexadecimal, "inf", "nan" and underscores are not needed by prompts and count as errors.
 */
export function parsePythonFloat(text: string): number {
  const ascii = trimPython(text).replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)));
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(ascii) ? Number(ascii) : Number.NaN;
}

/** Decimal digits come in runs of ten (or multiples of ten), in order, from zero. */
function digitValue(digit: string): number {
  let first = digit.codePointAt(0) ?? 0;
  const value = first;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return (value - first) % 10;
}
