/** JSON of strangers. */

/** No request needs more; what walks through them must not run out of stack. */
const deepest = 100;

/**
 * In UTF-8 or UTF-16, with its mark at the beginning or without (RFC 4627, section 3), as Python's `json` takes it.
 * @throws SyntaxError, also where it is nested more than 100 levels deep.
 */
export function parseJson(bytes: Buffer): unknown {
  const value: unknown = JSON.parse(new TextDecoder(encodingOf(bytes)).decode(bytes));
  if (isDeeper(value, deepest)) throw new SyntaxError(`it is nested more than ${deepest} levels deep`);
  return value;
}

function encodingOf([first, second]: Buffer): string {
  if (first === 0 || (first === 0xfe && second === 0xff)) return 'utf-16be';
  return second === 0 || (first === 0xff && second === 0xfe) ? 'utf-16le' : 'utf-8';
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return parts.some((part) => isDeeper(part, levels - 1));
}
