import type { ReadBytes } from '../safetensors.ts';
import { limits } from './limits.ts';
import { shown } from './refusals.ts';
import type { Refusals } from './refusals.ts';

/** Where the bytes of an archive's entry lie in the file; they are there as they are, not compressed. */
export type ZipEntry = { readonly name: string; readonly offset: number; readonly length: number };

type Listed = ZipEntry & { readonly headerAt: number };

const localHeaderLength = 30;
const centralHeaderLength = 46;
const endLength = 22;
const locatorLength = 20;
const end64Length = 56;
/** Stands for a number that is too large for its place and stands in the extra field instead. */
const elsewhere = 0xffff_ffff;

/**
 * The entries of a zip archive (PKWARE's APPNOTE 6.3, with Zip64) whose entries are all stored, which is how
 * PyTorch writes checkpoints: then each is a range of the file. Readers of zip differ in what they make of an
 * archive that contradicts itself, so this one refuses every contradiction.
 * @throws EngineError `checkpoint.malformed`, also for compressed entries, and `.truncated`.
 */
export async function readZipEntries(
  size: number,
  read: ReadBytes,
  refuse: Refusals,
): Promise<readonly ZipEntry[]> {
  const directory = await findDirectory(size, read, refuse);
  const bytes = await read(directory.offset, directory.length);
  const listed: Listed[] = [];
  let at = 0;
  for (let count = 0; count < directory.entries; count++) {
    const { entry, end } = parseCentralHeader(bytes, at, refuse);
    listed.push(entry);
    at = end;
  }
  if (at !== bytes.length) throw refuse.malformed('its table of contents has a wrong length');

  const entries: ZipEntry[] = [];
  let end = 0;
  for (const one of listed.toSorted((a, b) => a.headerAt - b.headerAt)) {
    if (one.headerAt < end) throw refuse.malformed(`${shown(one.name)} overlaps another entry`);
    const entry = await locate(one, read, refuse);
    end = entry.offset + entry.length;
    if (end > directory.offset)
      throw refuse.truncated(`${shown(one.name)} lies beyond its table of contents`);
    entries.push(entry);
  }
  return entries;
}

type Directory = { readonly offset: number; readonly length: number; readonly entries: number };

async function findDirectory(size: number, read: ReadBytes, refuse: Refusals): Promise<Directory> {
  const tailAt = Math.max(0, size - 0xffff - endLength - locatorLength);
  const tail = await read(tailAt, size - tailAt);
  const at = endRecordIn(tail);
  if (at === undefined) throw refuse.truncated('its table of contents is not there');

  let directory: Directory = {
    entries: tail.readUInt16LE(at + 10),
    length: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
  let directoryEnd = tailAt + at;
  const locatorAt = at - locatorLength;
  if (locatorAt >= 0 && tail.readUInt32LE(locatorAt) === 0x07064b50) {
    const recordAt = Number(tail.readBigUInt64LE(locatorAt + 8));
    if (!(recordAt + end64Length <= tailAt + locatorAt)) {
      throw refuse.malformed('its table of contents is said to lie beyond its end');
    }
    const record = await read(recordAt, end64Length);
    if (record.readUInt32LE() !== 0x06064b50) throw refuse.malformed('its table of contents is damaged');
    directory = {
      entries: Number(record.readBigUInt64LE(32)),
      length: Number(record.readBigUInt64LE(40)),
      offset: Number(record.readBigUInt64LE(48)),
    };
    directoryEnd = recordAt;
  }
  if (directory.offset + directory.length !== directoryEnd) {
    throw refuse.malformed('its table of contents does not lie where it is said to');
  }
  if (directory.entries > limits.entries || directory.length > limits.directory) {
    throw refuse.malformed(`it has ${directory.entries} entries`);
  }
  return directory;
}

/** The record at the very end, behind which nothing lies but its own comment. */
function endRecordIn(tail: Buffer): number | undefined {
  for (let at = tail.length - endLength; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50) continue;
    if (at + endLength + tail.readUInt16LE(at + 20) === tail.length) return at;
  }
  return undefined;
}

function parseCentralHeader(
  bytes: Buffer,
  at: number,
  refuse: Refusals,
): { readonly entry: Listed; readonly end: number } {
  if (at + centralHeaderLength > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) {
    throw refuse.malformed('its table of contents is damaged');
  }
  const nameEnd = at + centralHeaderLength + bytes.readUInt16LE(at + 28);
  const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
  const end = extraEnd + bytes.readUInt16LE(at + 32);
  if (end > bytes.length) throw refuse.malformed('its table of contents is damaged');

  const name = bytes.toString('utf8', at + centralHeaderLength, nameEnd);
  const isEncrypted = bytes.readUInt16LE(at + 8) % 2 === 1;
  const method = bytes.readUInt16LE(at + 10);
  const [length, packed, headerAt] = wideNumbers(
    [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)],
    bytes.subarray(nameEnd, extraEnd),
  );
  if (isEncrypted || method !== 0 || packed !== length) {
    throw refuse.malformed(`${shown(name)} is compressed, which PyTorch never does; save the file again`);
  }
  return { entry: { name, length, headerAt, offset: 0 }, end };
}

/** Numbers of 32 bits, those that stand elsewhere taken from the Zip64 extra field. */
function wideNumbers(narrow: readonly number[], extra: Buffer): readonly number[] {
  let wide: Buffer = Buffer.alloc(0);
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1) wide = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  let at = 0;
  return narrow.map((number) => {
    if (number !== elsewhere || at + 8 > wide.length) return number;
    at += 8;
    return Number(wide.readBigUInt64LE(at - 8));
  });
}

/** Finds an entry's bytes behind its own header, which must tell the same name. */
async function locate(
  { name, length, headerAt }: Listed,
  read: ReadBytes,
  refuse: Refusals,
): Promise<ZipEntry> {
  const header = await read(headerAt, localHeaderLength + Buffer.byteLength(name));
  if (header.length < localHeaderLength || header.readUInt32LE() !== 0x04034b50) {
    throw refuse.malformed(`${shown(name)} is not where the table of contents says`);
  }
  const nameLength = header.readUInt16LE(26);
  const named = header.toString('utf8', localHeaderLength, localHeaderLength + nameLength);
  if (named !== name || header.readUInt16LE(8) !== 0) {
    throw refuse.malformed(`${shown(name)} is called ${shown(named)} elsewhere`);
  }
  return { name, length, offset: headerAt + localHeaderLength + nameLength + header.readUInt16LE(28) };
}
