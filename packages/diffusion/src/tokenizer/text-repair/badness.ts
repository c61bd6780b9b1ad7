/**
 * Does a text look like mojibake, UTF-8 that was read in another encoding? Decided by juxtapositions of some 400
 * characters that people do not write, such as an accented letter followed by a currency sign.
 * The heuristic of ftfy 6.3.1 (Robyn Speer, Apache-2.0), `badness.py`; its categories and expressions are data here.
 */
import { pythonSpace, pythonWord } from '../python-text.ts';

const common = '\u00a0\u00ad\u00b7\u00b4–—―…’';
const c1 = '\u0080-\u009f';
const bad = '¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\ufffdªº';
const law = '¶§';
const currency = '¢£¥₧€';
const start = '¡«¿©΄΅‘‚“„•‹\uf8ff';
const end = '®»˝”›™';
const numeric = '²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№';
const kaomoji = 'Ò-ÖÙ-Üò-öø-üŐŌŪŲ°';
const upperAccented = 'À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ';
const lowerAccented = 'ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ';
const upperCommon = 'ÞΑ-ΩΆΈΉΊΌΎΏΪΫЁ-Я';
const lowerCommon = 'α-ωάέήίΰа-џ';
const box = '│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓';
const arabic = `[ØÙ][${common}${currency}${bad}${numeric}${start}ŸŠ®°µ»]`;

const patterns: readonly string[] = [
  `[${c1}]`,
  `[${bad}${lowerAccented}${upperAccented}${box}${start}${end}${currency}${numeric}${law}][${bad}]`,
  `[a-zA-Z][${lowerCommon}${upperCommon}][${bad}]`,
  `[${bad}][${lowerAccented}${upperAccented}${box}${start}${end}${currency}${numeric}${law}]`,
  `[${lowerAccented}${lowerCommon}${box}${end}${currency}${numeric}][${upperAccented}]`,
  `[${box}${end}${currency}${numeric}][${lowerAccented}]`,
  `[${lowerAccented}${box}${end}][${currency}]`,
  `[${pythonSpace}][${upperAccented}][${currency}]`,
  `[${upperAccented}${box}][${numeric}${law}]`,
  `[${lowerAccented}${upperAccented}${box}${currency}${end}][${start}][${numeric}]`,
  `[${lowerAccented}${upperAccented}${currency}${numeric}${box}${law}][${end}][${start}]`,
  `[${currency}${numeric}${box}][${start}]`,
  `[a-z][${upperAccented}][${start}${currency}]`,
  `[${box}][${kaomoji}]`,
  `[${lowerAccented}${upperAccented}${currency}${numeric}${start}${end}${law}][${box}]`,
  `[${box}][${end}]`,
  `[${lowerAccented}${upperAccented}][${start}${end}][${pythonWord}]`,
  // The ligature œ, unless an unaccented letter follows.
  '[Œœ][^A-Za-z]',
  // Degree signs after capital letters.
  `[${upperAccented}]°`,
  // Two-character mojibake of Windows-1252.
  `[ÂÃÎÐ][€œŠš¢£Ÿž\u00a0\u00ad®©°·»${start}${end}–—´]`,
  '×[²³]',
  // Arabic misread as Windows-1252: two pairs, since "common" characters are among them.
  arabic + arabic,
  // South Asian scripts misread as Windows-1252.
  'à[²µ¹¼½¾]',
  // MacRoman.
  '√[±∂†≠®™´≤≥¥µø]',
  '≈[°¢]',
  '‚Ä[ìîïòôúùû†°¢π]',
  '‚[âó][àä°ê]',
  // Windows-1251: punctuation, then Latin-1 and Cyrillic, where three characters are needed to be sure.
  'вЂ',
  `[ВГРС][${c1}${bad}${start}${end}${currency}°µ][ВГРС]`,
  'ГўВЂВ.[A-Za-z ]',
  // Windows-1252 readings of à, á and the no-break space.
  'Ã[\u00a0¡]',
  `[a-z][${pythonSpace}]?[ÃÂ] `,
  '^[ÃÂ] ',
  `[a-z.,?!${end}]Â[ ${start}${end}]`,
  // Windows-1253: punctuation, then Latin-1 and Greek.
  'β€[™\u00a0Ά\u00ad®°]',
  `[ΒΓΞΟ][${c1}${bad}${start}${end}${currency}°][ΒΓΞΟ]`,
  // Windows-1257.
  'ā€',
];

const badness = new RegExp(patterns.join('|'), 'u');

/** True if some part of `text` is probably mojibake. Linear in its length. */
export function looksMisread(text: string): boolean {
  return badness.test(text);
}
