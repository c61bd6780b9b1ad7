/** TIFF tags (Exif 2.32, section 4.6). */
const exifPointer = 0x8769;
const userComment = 0x9286;
const largestComment = 2 ** 21;

/**
 * The user comment of an EXIF block, where JPEG and WebP files keep generation parameters.
 * @param tiff the block from its byte order mark on.
 */
export function readUserComment(tiff: Uint8Array): string | undefined {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8) return undefined;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;

  const directory = find(view, little, view.getUint32(4, little), exifPointer);
  const entry = directory && find(view, little, directory.value, userComment);
  if (entry === undefined || entry.count > largestComment) return undefined;
  const { value: start, count } = entry;
  return start + count <= tiff.length ? decode(tiff.subarray(start, start + count)) : undefined;
}

type Entry = { readonly count: number; readonly value: number };

/** An entry of the directory at `offset`: its element count, and its value or where that lies. */
function find(view: DataView, little: boolean, offset: number, tag: number): Entry | undefined {
  if (offset + 2 > view.byteLength) return undefined;
  const entries = view.getUint16(offset, little);
  for (let i = 0; i < entries; i++) {
    const at = offset + 2 + 12 * i;
    if (at + 12 > view.byteLength) return undefined;
    if (view.getUint16(at, little) === tag) {
      return { count: view.getUint32(at + 4, little), value: view.getUint32(at + 8, little) };
    }
  }
  return undefined;
}

/** A comment begins with 8 bytes that name its encoding. */
function decode(bytes: Uint8Array): string | undefined {
  const encoding = new TextDecoder('latin1').decode(bytes.subarray(0, 8)).replaceAll('\0', '').trim();
  const body = bytes.subarray(8);
  const text = encoding === 'UNICODE' ? utf16(body) : new TextDecoder().decode(body);
  return text.replace(/\0+$/, '') || undefined;
}

/** UTF-16 of either order: A1111 writes big-endian whatever the block's order, others little-endian. */
function utf16(bytes: Uint8Array): string {
  const [big, little] = ['utf-16be', 'utf-16le'].map((label) => new TextDecoder(label).decode(bytes));
  return latinLetters(big) >= latinLetters(little) ? big : little;
}

function latinLetters(text: string): number {
  return text.match(/[ -~]/g)?.length ?? 0;
}
