import { inflateSync } from 'node:zlib';

/** Text of one chunk, unpacked. */
const largestText = 2 ** 21;
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function isPng(file: Uint8Array): boolean {
  return signature.every((byte, i) => file[i] === byte);
}

/**
 * The texts of a PNG's tEXt, zTXt and iTXt chunks by keyword, and its eXIf chunk (PNG specification, 11.3.3).
 * Of texts with the same keyword the last one counts. Chunks that are too large, broken or cut off are left out.
 */
export function readPngText(file: Uint8Array): {
  readonly texts: ReadonlyMap<string, string>;
  readonly exif?: Uint8Array;
} {
  const texts = new Map<string, string>();
  let exif: Uint8Array | undefined;
  for (const { type, data } of chunks(file)) {
    if (type === 'eXIf') exif = data;
    const entry = readers[type]?.(data);
    if (entry !== undefined) texts.set(...entry);
  }
  return { texts, exif };
}

function* chunks(file: Uint8Array): Generator<{ type: string; data: Uint8Array }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let offset = signature.length;
  while (offset + 12 <= file.length) {
    const length = view.getUint32(offset);
    const type = latin1(file.subarray(offset + 4, offset + 8));
    const end = offset + 8 + length;
    if (end + 4 > file.length || type === 'IEND') return;
    yield { type, data: file.subarray(offset + 8, end) };
    offset = end + 4;
  }
}

type TextReader = (data: Uint8Array) => [keyword: string, text: string] | undefined;

const readers: Readonly<Record<string, TextReader | undefined>> = {
  tEXt: (data) => {
    const end = data.indexOf(0);
    if (end < 1 || data.length > largestText) return undefined;
    return [latin1(data.subarray(0, end)), latin1(data.subarray(end + 1))];
  },
  zTXt: (data) => {
    const end = data.indexOf(0);
    const text = end < 1 || data[end + 1] !== 0 ? undefined : inflate(data.subarray(end + 2));
    return text && [latin1(data.subarray(0, end)), latin1(text)];
  },
  iTXt: (data) => {
    const end = data.indexOf(0);
    const language = data.indexOf(0, end + 3);
    const translated = data.indexOf(0, language + 1);
    if (end < 1 || language < 0 || translated < 0) return undefined;
    const body = data.subarray(translated + 1);
    const text = data[end + 1] === 0 ? body : inflate(body);
    if (text === undefined || text.length > largestText) return undefined;
    return [latin1(data.subarray(0, end)), new TextDecoder().decode(text)];
  },
};

function inflate(data: Uint8Array): Uint8Array | undefined {
  try {
    return inflateSync(data, { maxOutputLength: largestText });
  } catch {
    return undefined;
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
