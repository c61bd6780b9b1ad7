/** Values as Python prints them and strings as Python strips them: the infotext's numbers came from there. */

/** `repr(float)`: always with a point or an exponent, e.g. 7 -> "7.0", 1e-7 -> "1e-07". */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [mantissa, power] = value.toExponential().split('e');
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
}

/** `str.strip()`: unlike `trim`, it takes the separators U+001C to U+001F and leaves the byte order mark. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text[start])) start++;
  while (end > start && isSpace(text[end - 1])) end--;
  return text.slice(start, end);
}

export function isSpace(character: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return character !== '\uFEFF' && /[\s\u001c-\u001f\u0085]/.test(character);
}
