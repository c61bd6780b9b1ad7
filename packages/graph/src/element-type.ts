/** ONNX's numbers for element types (TensorProto.DataType). */
const codes = {
  f32: 1,
  u8: 2,
  i8: 3,
  u16: 4,
  i16: 5,
  i32: 6,
  i64: 7,
  bool: 9,
  f16: 10,
  f64: 11,
  u32: 12,
  u64: 13,
  bf16: 16,
  f8e4m3: 17,
  f8e5m2: 19,
} as const;

/** Element types of tensors, in graphs and in the files that weights come from. */
export type ElementType = keyof typeof codes;

/** ONNX's number of an element type. */
export function onnxCode(type: ElementType): number {
  return codes[type];
}
