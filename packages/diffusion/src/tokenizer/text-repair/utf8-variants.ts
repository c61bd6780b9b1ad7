/**
 * Decodes a byte string (characters U+0000 to U+00FF) as UTF-8; undefined where it is not.
 * Two malformed dialects are read as well: CESU-8 (surrogate pairs, three bytes each) and Java's C0 80 for U+0000.
 */
export function decodeUtf8(bytes: string): string | undefined {
  const standard = bytes
    .replace(
      /\xed([\xa0-\xaf])([\x80-\xbf])\xed([\xb0-\xbf])([\x80-\xbf])/g,
      (_, a: string, b: string, c: string, d: string) => {
        const code =
          0x10000 + (bits(a, 0x0f) << 16) + (bits(b, 0x3f) << 10) + (bits(c, 0x0f) << 6) + bits(d, 0x3f);
        return utf8Bytes(String.fromCodePoint(code));
      },
    )
    .replaceAll('\xc0\x80', '\0');
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return decoder.decode(Uint8Array.from(standard, (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** The UTF-8 bytes of `text` as a byte string. */
export function utf8Bytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

function bits(byte: string, mask: number): number {
  return byte.charCodeAt(0) & mask;
}
