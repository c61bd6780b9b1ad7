/** Where AVIF files keep their EXIF block: an item of their own (ISO/IEC 14496-12, 8.11; 23008-12, annex A). */

type Box = { readonly type: string; readonly data: Uint8Array };

/** Its TIFF part, if there is one. */
export function readAvifExif(file: Uint8Array): Uint8Array | undefined {
  if (latin1(file, 4, 12) !== 'ftypavif') return undefined;
  const meta = find(boxes(file), 'meta')?.data.subarray(4);
  if (meta === undefined) return undefined;
  const [info, places] = ['iinf', 'iloc'].map((type) => find(boxes(meta), type)?.data);
  const item = info && exifItem(info);
  const place = item === undefined || places === undefined ? undefined : placeOf(item, places);
  if (place === undefined || place.length < 4 || place.offset + place.length > file.length) return undefined;
  const data = file.subarray(place.offset, place.offset + place.length);
  const start = 4 + numbers(data, 0).next(4);
  return start < data.length ? data.subarray(start) : undefined;
}

function find(all: Iterable<Box>, type: string): Box | undefined {
  for (const box of all) if (box.type === type) return box;
  return undefined;
}

/** One after the other, until one does not fit. */
function* boxes(file: Uint8Array): Generator<Box> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let offset = 0; offset + 8 <= file.length;) {
    const length = view.getUint32(offset) || file.length - offset;
    if (length < 8 || offset + length > file.length) return;
    yield {
      type: latin1(file, offset + 4, offset + 8),
      data: file.subarray(offset + 8, offset + length),
    };
    offset += length;
  }
}

/** The number of the item that holds EXIF. */
function exifItem(info: Uint8Array): number | undefined {
  for (const { type, data } of boxes(info.subarray(info[0] === 0 ? 6 : 8))) {
    const [version] = data;
    if (type !== 'infe' || version < 2) continue;
    const reader = numbers(data, 4);
    const item = reader.next(version === 2 ? 2 : 4);
    const kind = (version === 2 ? 2 : 4) + 6;
    if (latin1(data, kind, kind + 4) === 'Exif') return item;
  }
  return undefined;
}

/** Where an item of one piece lies in the file. */
function placeOf(
  wanted: number,
  places: Uint8Array,
): { readonly offset: number; readonly length: number } | undefined {
  const [version] = places;
  const wide = version === 2 ? 4 : 2;
  const [offsetSize, lengthSize] = [places[4] >> 4, places[4] & 15];
  const [baseSize, indexSize] = [places[5] >> 4, version === 0 ? 0 : places[5] & 15];
  // Pieces that take no room in the table could be told by the million.
  if (lengthSize === 0) return undefined;
  const reader = numbers(places, 6);
  for (let left = reader.next(wide); left > 0 && reader.isInside(); left--) {
    const item = reader.next(wide);
    const method = version === 0 ? 0 : reader.next(2) & 15;
    reader.next(2);
    const base = reader.next(baseSize);
    const extents = reader.next(2);
    for (let extent = 0; extent < extents && reader.isInside(); extent++) {
      reader.next(indexSize);
      const offset = base + reader.next(offsetSize);
      const length = reader.next(lengthSize);
      if (item === wanted) return method === 0 && extents === 1 ? { offset, length } : undefined;
    }
  }
  return undefined;
}

/** Big-endian numbers one after the other; those beyond the end are 0. */
function numbers(data: Uint8Array, start: number) {
  let at = start;
  return {
    isInside: (): boolean => at < data.length,
    next: (size: number): number => {
      let value = 0;
      for (const end = at + size; at < end; at++) value = value * 256 + (data[at] ?? 0);
      return value;
    },
  };
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
