import type { ElementType } from '@bottega/graph';
import { EngineError } from '../errors.ts';
import { duplicateName } from './duplicate-name.ts';
import type { StoredTensor, WeightFile } from './weight-file.ts';

/** Real headers have up to half a megabyte; a larger one is an attack on memory. */
const headerLimit = 16 * 2 ** 20;

const elementTypes: Readonly<Record<string, readonly [type: ElementType, width: number]>> = {
  BOOL: ['bool', 1],
  U8: ['u8', 1],
  I8: ['i8', 1],
  F8_E4M3: ['f8e4m3', 1],
  F8_E5M2: ['f8e5m2', 1],
  U16: ['u16', 2],
  I16: ['i16', 2],
  F16: ['f16', 2],
  BF16: ['bf16', 2],
  U32: ['u32', 4],
  I32: ['i32', 4],
  F32: ['f32', 4],
  U64: ['u64', 8],
  I64: ['i64', 8],
  F64: ['f64', 8],
};

/** Reads bytes of the file, fewer only at its end. */
export type ReadBytes = (offset: number, length: number) => Promise<Buffer>;

/**
 * Reads and checks the header of a safetensors file (github.com/huggingface/safetensors, "Format"): eight bytes
 * of length, JSON, then the tensors one after the other without gaps.
 * @throws EngineError `checkpoint.malformed` for every lie a header can tell, `checkpoint.truncated` where the
 *   file ends before its last tensor.
 */
export async function readSafetensors(path: string, bytes: number, read: ReadBytes): Promise<WeightFile> {
  const refuse = (reason: string): EngineError => new EngineError('checkpoint.malformed', { path, reason });
  const cut = (reason: string): EngineError => new EngineError('checkpoint.truncated', { path, reason });

  if (bytes < 8) throw cut(`it has ${bytes} bytes`);
  const headerLength = (await read(0, 8)).readBigUInt64LE();
  if (headerLength > headerLimit) throw refuse(`its header claims ${headerLength} bytes`);
  const dataStart = 8 + Number(headerLength);
  if (dataStart > bytes) throw cut(`its header should have ${headerLength} bytes`);

  const header = parseHeader(await read(8, Number(headerLength)), refuse);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw refuse('its __metadata__ is not a table of texts');
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(entries)) {
    tensors.set(
      name,
      tensorOf(entry, dataStart, (reason) => refuse(`the tensor ${shown(name)} ${reason}`)),
    );
  }

  let end = dataStart;
  for (const [name, { offset, length }] of inFileOrder(tensors)) {
    if (offset !== end)
      throw refuse(`the tensor ${shown(name)} ${offset < end ? 'overlaps another' : 'follows a gap'}`);
    end = offset + length;
  }
  if (end > bytes) throw cut(`its tensors take ${end} bytes and it has ${bytes}`);
  if (end < bytes) throw refuse(`${bytes - end} bytes follow its last tensor`);
  return { path, bytes, tensors, metadata: metadata as Readonly<Record<string, string>> };
}

function parseHeader(bytes: Buffer, refuse: (reason: string) => EngineError): Record<string, unknown> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw refuse('its header is not JSON');
  }
  if (!isRecord(header) || !text.startsWith('{')) throw refuse('its header is not a table of tensors');
  const twice = duplicateName(text);
  if (twice !== undefined) throw refuse(`its header has two entries ${shown(twice)}`);
  return header;
}

function tensorOf(entry: unknown, dataStart: number, refuse: (reason: string) => EngineError): StoredTensor {
  if (!isRecord(entry)) throw refuse('has no description');
  const { dtype, shape, data_offsets: offsets } = entry;
  const known =
    typeof dtype === 'string' && Object.hasOwn(elementTypes, dtype) ? elementTypes[dtype] : undefined;
  if (known === undefined) throw refuse(`has the unknown type ${shown(String(dtype))}`);
  if (!isSizes(shape) || shape.length > 8) throw refuse('has no valid shape');
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1])
    throw refuse('has no valid offsets');

  const [type, width] = known;
  const [start, end] = offsets;
  const needed = shape.reduce((product, extent) => product * extent, width);
  if (!Number.isSafeInteger(needed) || needed !== end - start || !Number.isSafeInteger(dataStart + end)) {
    throw refuse(`has ${end - start} bytes where its shape ${shape.join('x')} needs ${needed}`);
  }
  return { type, shape, offset: dataStart + start, length: needed };
}

/** By offset; an empty tensor before the one that starts at the same place. */
function inFileOrder(
  tensors: ReadonlyMap<string, StoredTensor>,
): readonly (readonly [string, StoredTensor])[] {
  return [...tensors].toSorted(([, a], [, b]) => a.offset - b.offset || a.length - b.length);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}

/** A name from the file, short enough for a message. */
function shown(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}...` : name);
}
