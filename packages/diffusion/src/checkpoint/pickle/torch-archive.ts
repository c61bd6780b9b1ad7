/** For tests: archives as `torch.save` writes them, or nearly so. */
import type { ElementType } from '@bottega/graph';

/** Parts of a pickle: instructions as text (each character one byte), or bytes. */
export function program(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}

/** The instruction that pushes a text. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return program('X', uint32(bytes.length), bytes);
}

/** The instruction that pushes a whole number below 2^63. */
export function integer(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return program('\x8a\x08', bytes);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const storageClasses: Partial<Record<ElementType, string>> = {
  f32: 'FloatStorage',
  f16: 'HalfStorage',
  i64: 'LongStorage',
  i32: 'IntStorage',
};

export type SavedTensor = {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
  readonly start?: number;
  /** Elements of its storage. */
  readonly count: number;
  /** The file of its storage, `data/KEY`. */
  readonly key: string;
};

/** The instructions that push a tensor. */
export function pushTensor({ type, shape, strides, start = 0, count, key }: SavedTensor): Buffer {
  const inOrder = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, one) => product * one, 1));
  return program(
    'ctorch._utils\n_rebuild_tensor_v2\n((',
    text('storage'),
    `ctorch\n${storageClasses[type]}\n`,
    text(key),
    text('cpu'),
    integer(count),
    'tQ',
    integer(start),
    ...counts(shape),
    ...counts(strides ?? inOrder),
    '\x89)tR',
  );
}

function counts(values: readonly number[]): readonly (string | Buffer)[] {
  return ['(', ...values.map(integer), 't'];
}

/** The pickle of a state dict. */
export function stateDict(tensors: ReadonlyMap<string, SavedTensor>): Buffer {
  const items = [...tensors].flatMap(([name, tensor]) => [text(name), pushTensor(tensor)]);
  return program('\x80\x02}', text('state_dict'), '}(', ...items, 'us.');
}

export type Entry = { readonly name: string; readonly bytes: Uint8Array };

/** How an archive may lie: each changes a header of its last entry, or the end of the archive. */
export type Lie = 'compressed' | 'encrypted' | 'renamed' | 'overlapping' | 'outside' | 'count' | 'directory';

/** A zip archive of stored entries. */
export function zip(entries: readonly Entry[], lie?: Lie): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  let previous = 0;
  for (const [i, { name, bytes }] of entries.entries()) {
    const lies = i === entries.length - 1 ? lie : undefined;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(lies === 'encrypted' ? 1 : 0, 2);
    fields.writeUInt16LE(lies === 'compressed' ? 8 : 0, 4);
    fields.writeUInt32LE(bytes.length, 14);
    fields.writeUInt32LE(bytes.length + (lies === 'outside' ? 1000 : 0), 18);
    if (lies === 'outside') fields.writeUInt32LE(bytes.length + 1000, 14);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const shownName = lies === 'renamed' ? name.replace(/.$/, '9') : name;
    files.push(Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), bytes]));
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(lies === 'overlapping' ? previous : at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, tail, Buffer.from(shownName)]));
    previous = at;
    at += 30 + Buffer.byteLength(name) + bytes.length;
  }
  const table = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(entries.length + (lie === 'count' ? 1 : 0), 10);
  end.writeUInt32LE(table.length, 12);
  end.writeUInt32LE(at + (lie === 'directory' ? 1 : 0), 16);
  return Buffer.concat([...files, table, end]);
}

/** What `torch.save` writes of an object: its pickle and its storages by key. */
export function torchArchive(pickle: Uint8Array, storages: ReadonlyMap<string, Uint8Array>): Buffer {
  return zip([
    { name: 'archive/data.pkl', bytes: pickle },
    ...[...storages].map(([key, bytes]) => ({ name: `archive/data/${key}`, bytes })),
  ]);
}
