import { controlsAsWindows1252, undoMojibake } from './mojibake.ts';
import { unescapeUnambiguousHtml } from './html-entities.ts';

/** Rounds of repair at most. The original repeats until nothing changes, which "&amp;amp;amp;..." makes quadratic. */
const maxRounds = 64;

/**
 * Repairs text that went through broken programs, as CLIP's tokenizers do before they look at it: HTML entities,
 * mojibake, ligatures, full-width letters, curly quotes, line breaks, lone surrogates, escape sequences, controls; then
 * Unicode's NFC. Equal to `ftfy.fix_text` of ftfy 6.3.1 with its defaults (Robyn Speer, Apache-2.0), but for lines of
 * more than a million characters, which it would cut, and for the bounds on rounds and layers.
 * Lines are repaired one by one; from the first that contains "<" on, entities are taken for HTML and left alone.
 */
export function repairText(text: string): string {
  let unescape = true;
  return text
    .split(/(?<=\n)/)
    .map((line) => {
      unescape &&= !line.includes('<');
      return repairLine(line, unescape);
    })
    .join('');
}

function repairLine(line: string, unescape: boolean): string {
  const steps = unescape ? [unescapeUnambiguousHtml, ...repairs] : repairs;
  let current = line;
  for (let round = 0; round < maxRounds; round++) {
    const repaired = steps.reduce((text, step) => step(text), current);
    if (repaired === current) break;
    current = repaired;
  }
  return current;
}

const repairs: readonly ((text: string) => string)[] = [
  undoMojibake,
  controlsAsWindows1252,
  (text) => text.replace(/[ĲĳŉǱ-ǳǄ-ǌﬀ-ﬆ]/g, (ligature) => ligatures[ligature]),
  // Full-width Latin, half-width Katakana and Hangul, and the ideographic space.
  (text) => text.replace(/[\u3000\uff01-\uffef]/g, (character) => character.normalize('NFKC')),
  (text) => text.replace(/[\u201c-\u201f]/g, '"').replace(/[\u02bc\u2018-\u201b]/g, "'"),
  (text) => text.replace(/\r\n|[\r\u2028\u2029\u0085]/g, '\n'),
  (text) => text.toWellFormed(),
  (text) => text.replace(terminalEscape, ''),
  (text) => text.replace(removedControls, ''),
  (text) => text.normalize('NFC'),
];

/** ANSI sequences such as colours. */
const terminalEscape = new RegExp(`${String.fromCharCode(0x1b)}\\[[\\p{Nd};]*[a-zA-Z]`, 'gu');

/** ASCII controls that are not white space, deprecated Arabic controls, byte order mark, annotations, object replacement. */
const removedControls = /(?![\t\n\f\r\u0080-\u009f])\p{Cc}|[\u206a-\u206f\ufeff\ufff9-\ufffc]/gu;

/** Single characters for what Latin alphabets write with several; letters in their own right, such as æ, are not here. */
const ligatures: Readonly<Record<string, string>> = {
  Ĳ: 'IJ',
  ĳ: 'ij',
  ŉ: 'ʼn',
  Ǳ: 'DZ',
  ǲ: 'Dz',
  ǳ: 'dz',
  Ǆ: 'DŽ',
  ǅ: 'Dž',
  ǆ: 'dž',
  Ǉ: 'LJ',
  ǈ: 'Lj',
  ǉ: 'lj',
  Ǌ: 'NJ',
  ǋ: 'Nj',
  ǌ: 'nj',
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
  ﬅ: 'ſt',
  ﬆ: 'st',
};
