import table from './html-entities.json' with { type: 'json' };

const named: ReadonlyMap<string, string> = new Map(Object.entries(table.named));
const withoutSemicolon: ReadonlySet<string> = new Set(table.withoutSemicolon);
const replacement = '\ufffd';

/** Characters that HTML reads as Windows-1252 although they are written as numbers 128 to 159. */
const windows1252 = new TextDecoder('windows-1252');

/**
 * Decodes every character reference that HTML does, without semicolon too: "&notit;" is "¬it;".
 * Equal to Python's `html.unescape`.
 */
export function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu,
    (whole, reference: string) => decodeReference(reference) ?? whole,
  );
}

function decodeReference(reference: string): string | undefined {
  if (reference.startsWith('#')) return decodeNumber(reference.slice(1).replace(';', ''));
  const name = reference.replace(';', '');
  if (reference.endsWith(';') && named.has(name)) return named.get(name);
  for (let end = name.length; end > 1; end--) {
    const prefix = name.slice(0, end);
    if (withoutSemicolon.has(prefix)) return `${named.get(prefix)}${reference.slice(end)}`;
  }
  return undefined;
}

/** https://html.spec.whatwg.org/multipage/parsing.html#numeric-character-reference-end-state, as Python applies it. */
function decodeNumber(digits: string): string {
  const code = /^[xX]/.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return replacement;
  if (code >= 0x80 && code <= 0x9f) return windows1252.decode(Uint8Array.of(code));
  const isControl = code < 0x20 ? ![0x09, 0x0a, 0x0c, 0x0d].includes(code) : code === 0x7f;
  const isNonCharacter = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe || code === 0x0b;
  return isControl || isNonCharacter ? '' : String.fromCodePoint(code);
}

/**
 * Decodes the references that cannot be meant otherwise: those with a semicolon, and capital spellings such as
 * "&EACUTE;" that databases make (ftfy's `unescape_html`). Text such as "this&not that" stays.
 */
export function unescapeUnambiguousHtml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#?)([0-9A-Za-z]{1,24});/g, (whole, hash: string, name: string) => {
    if (hash === '') return named.get(name) ?? capitals().get(name) ?? whole;
    const decoded = unescapeHtml(whole);
    return decoded.includes(';') ? whole : decoded;
  });
}

let capitalNames: ReadonlyMap<string, string> | undefined;

/** Lower-case names written in capitals, unless HTML gives the capitals a meaning of their own. */
function capitals(): ReadonlyMap<string, string> {
  capitalNames ??= new Map(
    [...named]
      .filter(([name]) => name === name.toLowerCase())
      .map(([name, character]) => [name.toUpperCase(), character.toUpperCase()] as const)
      .filter(([name]) => unescapeHtml(`&${name};`) === `&${name};`),
  );
  return capitalNames;
}
