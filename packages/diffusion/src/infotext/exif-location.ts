/** Where JPEG and WebP files keep their EXIF block; both functions give its TIFF part, if there is one. */

const exifMark = 'Exif\0\0';

/** The APP1 segment of a JPEG. */
export function readJpegExif(file: Uint8Array): Uint8Array | undefined {
  if (file[0] !== 0xff || file[1] !== 0xd8) return undefined;
  for (let offset = 2; offset + 4 <= file.length && file[offset] === 0xff;) {
    const marker = file[offset + 1];
    const startOfScan = 0xda;
    if (marker === startOfScan) return undefined;
    const length = (file[offset + 2] << 8) | file[offset + 3];
    const data = file.subarray(offset + 4, offset + 2 + length);
    if (marker === 0xe1 && ascii(data, 0, 6) === exifMark) return data.subarray(6);
    offset += 2 + Math.max(2, length);
  }
  return undefined;
}

/** The EXIF chunk of a WebP (RIFF) file. */
export function readWebpExif(file: Uint8Array): Uint8Array | undefined {
  if (ascii(file, 0, 4) !== 'RIFF' || ascii(file, 8, 12) !== 'WEBP') return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let offset = 12; offset + 8 <= file.length;) {
    const length = view.getUint32(offset + 4, true);
    if (ascii(file, offset, offset + 4) === 'EXIF') {
      const data = file.subarray(offset + 8, offset + 8 + length);
      return ascii(data, 0, 6) === exifMark ? data.subarray(6) : data;
    }
    offset += 8 + length + (length % 2);
  }
  return undefined;
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
