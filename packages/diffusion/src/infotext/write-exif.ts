/** Generation parameters inside JPEG and WebP files: the EXIF user comment, as A1111 writes it through piexif. */

const exifPointer = 0x8769;
const userComment = 0x9286;
const typeLong = 4;
const typeUndefined = 7;

/** One entry in each of two directories; the comment's bytes come last. Exif 2.32, sections 4.6.2 and 4.6.5. */
function tiffWith(text: string): Buffer {
  const comment = Buffer.concat([Buffer.from('UNICODE\0', 'latin1'), Buffer.from(text, 'utf16le').swap16()]);
  const [first, second, data] = [8, 26, 44];
  const block = Buffer.alloc(data);
  block.write('MM', 0, 'latin1');
  block.writeUInt16BE(42, 2);
  block.writeUInt32BE(first, 4);
  writeDirectory(block, first, [exifPointer, typeLong, 1, second]);
  writeDirectory(block, second, [userComment, typeUndefined, comment.length, data]);
  return Buffer.concat([block, comment]);
}

function writeDirectory(block: Buffer, at: number, [tag, type, count, value]: readonly number[]): void {
  block.writeUInt16BE(1, at);
  block.writeUInt16BE(tag, at + 2);
  block.writeUInt16BE(type, at + 4);
  block.writeUInt32BE(count, at + 6);
  block.writeUInt32BE(value, at + 10);
}

const mostInSegment = 0xffff - 2;

/**
 * Puts an EXIF block in front of a JPEG's other segments.
 * @param file A JPEG without EXIF. @param text At most 32,000 characters fit; a longer one is left out.
 */
export function writeJpegInfotext(file: Uint8Array, text: string): Buffer {
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiffWith(text)]);
  if (body.length > mostInSegment) return Buffer.from(file);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([file.subarray(0, 2), head, body, file.subarray(2)]);
}

/**
 * Adds an EXIF chunk to a still WebP in the simple layout (one chunk of pixels), which makes it an extended one
 * (RFC 9649, section 2.7).
 */
export function writeWebpInfotext(
  file: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  text: string,
): Buffer {
  const features = Buffer.alloc(10);
  features[0] = 0x08;
  features.writeUIntLE(width - 1, 4, 3);
  features.writeUIntLE(height - 1, 7, 3);
  const chunks = [chunk('VP8X', features), Buffer.from(file.subarray(12)), chunk('EXIF', tiffWith(text))];
  const size = Buffer.alloc(4);
  size.writeUInt32LE(4 + chunks.reduce((sum, { length }) => sum + length, 0));
  return Buffer.concat([Buffer.from('RIFF'), size, Buffer.from('WEBP'), ...chunks]);
}

function chunk(name: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(name), length, data, Buffer.alloc(data.length % 2)]);
}
