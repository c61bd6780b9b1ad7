const largestText = 2 ** 21;

/** Labels of blocks (GIF89a specification, sections 20 to 26). */
const extension = 0x21;
const comment = 0xfe;

/** The comments of a GIF before its first picture, in UTF-8 as A1111 writes them. */
export function readGifComment(file: Uint8Array): string | undefined {
  if (!/^GIF8[79]a$/.test(String.fromCharCode(...file.subarray(0, 6)))) return undefined;
  const texts: Uint8Array[] = [];
  let offset = 13 + tableLength(file[10]);
  while (file[offset] === extension) {
    const label = file[offset + 1];
    offset += 2;
    // Sub-blocks, each with its length, until one of none; cut off, the last is shorter.
    for (let length = file[offset]; length > 0; length = file[offset]) {
      if (label === comment) texts.push(file.subarray(offset + 1, offset + 1 + length));
      offset += 1 + length;
    }
    offset++;
  }
  const length = texts.reduce((sum, part) => sum + part.length, 0);
  if (length === 0 || length > largestText) return undefined;
  return new TextDecoder().decode(joined(texts, length));
}

/** Of the colours that all pictures share. */
function tableLength(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 7) + 1);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
