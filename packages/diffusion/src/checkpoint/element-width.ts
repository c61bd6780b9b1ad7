import type { ElementType } from '@bottega/graph';

const widths: Readonly<Record<ElementType, number>> = {
  bool: 1,
  u8: 1,
  i8: 1,
  f8e4m3: 1,
  f8e5m2: 1,
  u16: 2,
  i16: 2,
  f16: 2,
  bf16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  u64: 8,
  i64: 8,
  f64: 8,
};

/** Bytes of one element. */
export function widthOf(type: ElementType): number {
  return widths[type];
}
