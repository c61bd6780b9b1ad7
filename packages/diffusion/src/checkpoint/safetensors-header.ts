import type { ElementType } from '@bottega/graph';
import { sizeOf } from '../tensor.ts';
import { widthOf } from './element-width.ts';

export type PlannedTensor = {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
};

const typeNames: Readonly<Record<ElementType, string>> = {
  bool: 'BOOL',
  u8: 'U8',
  i8: 'I8',
  f8e4m3: 'F8_E4M3',
  f8e5m2: 'F8_E5M2',
  u16: 'U16',
  i16: 'I16',
  f16: 'F16',
  bf16: 'BF16',
  u32: 'U32',
  i32: 'I32',
  f32: 'F32',
  u64: 'U64',
  i64: 'I64',
  f64: 'F64',
};

/**
 * The beginning of a safetensors file, up to the bytes of its first tensor, and the order in which tensors follow it:
 * wide elements first, so that all lie at multiples of their size, and by name.
 */
export function safetensorsHeader(
  tensors: readonly PlannedTensor[],
  metadata: Readonly<Record<string, string>>,
): { readonly header: Uint8Array; readonly order: readonly PlannedTensor[] } {
  const order = tensors.toSorted(
    (a, b) => widthOf(b.type) - widthOf(a.type) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  let end = 0;
  const entries = order.map(({ name, type, shape }) => {
    const start = end;
    end += sizeOf(shape) * widthOf(type);
    return [name, { dtype: typeNames[type], shape, data_offsets: [start, end] }] as const;
  });
  const said = Object.keys(metadata).length === 0 ? [] : [['__metadata__', metadata] as const];
  const json = Buffer.from(JSON.stringify(Object.fromEntries([...said, ...entries])));
  const header = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  header.writeBigUInt64LE(BigInt(header.length - 8));
  json.copy(header, 8);
  return { header, order };
}
