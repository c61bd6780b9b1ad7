/**
 * Undoes mojibake: text that was UTF-8 and has been decoded as something else, once or several times ("cafÃ©").
 * A port of ftfy 6.3.1's `fix_encoding` with its default options (Robyn Speer, Apache-2.0).
 */
import { looksMisread } from './badness.ts';
import { codePages, meaningsOfBytes, windows1252Page, type CodePage } from './code-pages.ts';
import { decodeUtf8, utf8Bytes } from './utf8-variants.ts';

/** Layers of misreading that are undone at most; the original has no limit, people's text has one or two. */
const maxLayers = 32;

/** Returns `text` with its mojibake undone, or unchanged where it looks sound or cannot be explained. */
export function undoMojibake(text: string): string {
  let current = text;
  for (let layer = 0; layer < maxLayers; layer++) {
    const better = undoOneLayer(current);
    if (better === current) break;
    current = better;
  }
  return current;
}

function undoOneLayer(text: string): string {
  if (/^[\0-\x7f]*$/.test(text) || !looksMisread(text)) return text;
  for (const codePage of codePages) {
    const reread = codePage.canEncode(text) ? rereadAsUtf8(text, codePage) : undefined;
    if (reread !== undefined) return reread;
  }
  const mixed = undoEmbedded(text);
  return mixed === text ? controlsAsWindows1252(text) : mixed;
}

function rereadAsUtf8(text: string, codePage: CodePage): string | undefined {
  let bytes = codePage.encode(text);
  // In MacRoman the pattern would match an en dash followed by a space.
  if (codePage.name !== 'macroman') bytes = restoreNoBreakSpaces(bytes);
  if (codePage.sloppy) bytes = bytes.replace(lossySequence, utf8Bytes('\ufffd'));
  return decodeUtf8(bytes);
}

/** UTF-8 sequences whose byte A0 (a no-break space in Latin-1) some program turned into an ordinary space. */
const spacedSequence = new RegExp(
  [
    '[\\xc2\\xc3\\xc5\\xce\\xd0\\xd9][ ]',
    '[\\xe2\\xe3][ ][\\x80-\\x84\\x86-\\x9f\\xa1-\\xbf]',
    '[\\xe0-\\xe3][\\x80-\\x84\\x86-\\x9f\\xa1-\\xbf][ ]',
    '[\\xf0][ ][\\x80-\\xbf][\\x80-\\xbf]',
    '[\\xf0][\\x80-\\xbf][ ][\\x80-\\xbf]',
    '[\\xf0][\\x80-\\xbf][\\x80-\\xbf][ ]',
  ].join('|'),
  'g',
);

function restoreNoBreakSpaces(bytes: string): string {
  if (bytes.search(spacedSequence) < 0) return bytes;
  return (
    bytes
      // "à" as a word of its own keeps its space ("Ã la mode"), but not in Portuguese "às", "àquele" and kin.
      .replace(/\xc3 (?! |quele|quela|quilo|s )/g, '\xc3\xa0 ')
      .replace(spacedSequence, (sequence) => sequence.replaceAll(' ', '\xa0'))
  );
}

/** UTF-8 and CESU-8 sequences with bytes lost to U+FFFD (1A in the sloppy pages) or, once a sequence, to "?". */
const lossySequence = new RegExp(
  [
    '[\\xc2-\\xdf][\\x1a]',
    '[\\xc2-\\xc3][?]',
    '\\xed[\\xa0-\\xaf][\\x1a?]\\xed[\\xb0-\\xbf][\\x1a?\\x80-\\xbf]',
    '\\xed[\\xa0-\\xaf][\\x1a?\\x80-\\xbf]\\xed[\\xb0-\\xbf][\\x1a?]',
    '[\\xe0-\\xef][\\x1a?][\\x1a\\x80-\\xbf]',
    '[\\xe0-\\xef][\\x1a\\x80-\\xbf][\\x1a?]',
    '[\\xf0-\\xf4][\\x1a?][\\x1a\\x80-\\xbf][\\x1a\\x80-\\xbf]',
    '[\\xf0-\\xf4][\\x1a\\x80-\\xbf][\\x1a?][\\x1a\\x80-\\xbf]',
    '[\\xf0-\\xf4][\\x1a\\x80-\\xbf][\\x1a\\x80-\\xbf][\\x1a?]',
    '\\x1a',
  ].join('|'),
  'g',
);

const continuation = meaningsOfBytes(0x80, 0xbf);
/** Continuation characters that do not stand for themselves beside mojibake: no dashes, quotes, bullets, ellipses. */
const strictContinuation = continuation.replace(/[–—―‘’‚“”„•…]/g, '');
const leadOfFour = meaningsOfBytes(0xf0, 0xf0) + meaningsOfBytes(0xf3, 0xf3);

/** Runs of characters that look like UTF-8 misread in some page, whatever surrounds them. */
const embedded = new RegExp(
  `(?<![${strictContinuation}])(?:` +
    `[${meaningsOfBytes(0xc2, 0xdf)}][${continuation} ]|` +
    `[${meaningsOfBytes(0xe0, 0xef)}][${continuation} ]{2}|` +
    `[${leadOfFour}][${continuation} ]{3})+`,
  'gu',
);

function undoEmbedded(text: string): string {
  return text.replace(embedded, (part) =>
    part.length < text.length && looksMisread(part) ? undoMojibake(part) : part,
  );
}

/** C1 controls have no use in text: reads U+0080 to U+009F as the Windows-1252 characters of the same bytes, as browsers do. */
export function controlsAsWindows1252(text: string): string {
  return text.replace(/[\x80-\x9f]/g, (control) => windows1252Page.characters[control.charCodeAt(0)]);
}
