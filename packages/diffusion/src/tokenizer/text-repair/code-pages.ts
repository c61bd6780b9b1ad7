/**
 * The single-byte encodings that UTF-8 text is most often misread in, in the order they are tried.
 * Byte strings are JavaScript strings of the characters U+0000 to U+00FF.
 */
export type CodePage = {
  readonly name: string;
  /** "Sloppy" pages give unassigned bytes a Latin-1 meaning and byte 1A the replacement character U+FFFD. */
  readonly sloppy: boolean;
  /** The character of each byte. */
  readonly characters: readonly string[];
  /** True if the page could have produced `text`. */
  readonly canEncode: (text: string) => boolean;
  /** The bytes of a text that `canEncode` accepts. */
  readonly encode: (text: string) => string;
};

const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const latin1 = Array.from(bytes, (byte) => String.fromCodePoint(byte));
const cp437High =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
  '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

function page(name: string, characters: readonly string[], sloppy: boolean): CodePage {
  const byteOf = new Map(characters.map((character, byte) => [character, latin1[byte]]));
  return {
    name,
    sloppy,
    characters,
    canEncode: (text) => Array.from(text).every((character) => byteOf.has(character)),
    encode: (text) => Array.from(text, (character) => byteOf.get(character) ?? '').join(''),
  };
}

function standard(name: string): readonly string[] {
  return Array.from(new TextDecoder(name).decode(bytes));
}

function sloppy(name: string): CodePage {
  const characters = standard(name).map((character, byte) =>
    character === '\ufffd' ? latin1[byte] : character,
  );
  return page(name, characters.with(0x1a, '\ufffd'), true);
}

const latin1Page: CodePage = page('latin-1', latin1, false);
export const windows1252Page: CodePage = sloppy('windows-1252');

const windowsPages: readonly CodePage[] = [
  windows1252Page,
  sloppy('windows-1251'),
  sloppy('windows-1250'),
  sloppy('windows-1253'),
  sloppy('windows-1254'),
  sloppy('windows-1257'),
];

/** All of them, the likeliest first. */
export const codePages: readonly CodePage[] = [
  latin1Page,
  ...windowsPages,
  page('iso-8859-2', standard('iso-8859-2'), false),
  page('macroman', standard('macintosh'), false),
  page('cp437', [...latin1.slice(0, 128), ...cp437High], false),
];

/** Every character that the bytes `first` to `last` mean in Latin-1 or one of its Windows relatives. */
export function meaningsOfBytes(first: number, last: number): string {
  const meanings = [latin1Page, ...windowsPages].flatMap(({ characters }) =>
    characters.slice(first, last + 1),
  );
  return [...new Set(meanings)].join('');
}
