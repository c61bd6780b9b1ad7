/** Picture sizes worth one press: the usual proportions at about the area that the model was made for. */
export const proportions = [
  { name: 'square', width: 1, height: 1 },
  { name: 'portrait', width: 2, height: 3 },
  { name: 'landscape', width: 3, height: 2 },
  { name: 'wide', width: 16, height: 9 },
] as const;
export type Proportion = (typeof proportions)[number]['name'];

export type Size = { readonly width: number; readonly height: number };
export type SizePreset = Size & { readonly name: Proportion };

/**
 * A preset for every proportion. Sides are multiples of 64 where the model is large enough for that, else of 8,
 * the least that latents allow.
 * @param native The size that the model draws best.
 */
export function sizePresets(native: Size): readonly SizePreset[] {
  const area = native.width * native.height;
  const grid = Math.min(native.width, native.height) >= 256 ? 64 : 8;
  const side = (length: number): number => Math.max(grid, Math.round(length / grid) * grid);
  return proportions.map(({ name, width, height }) => {
    if (width === height && native.width === native.height) return { name, ...native };
    const unit = Math.sqrt(area / (width * height));
    return { name, width: side(width * unit), height: side(height * unit) };
  });
}
