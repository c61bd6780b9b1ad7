/** What a model's sizes are derived from: the tensors of a checkpoint by name. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** How many of `PREFIX.0SUFFIX`, `PREFIX.1SUFFIX` ... are there without a gap. */
export function countOf(shapes: Shapes, prefix: string, suffix: string): number {
  let count = 0;
  while (shapes.has(`${prefix}.${count}${suffix}`)) count++;
  return count;
}

/** One extent of a tensor; 0 where the tensor or the axis is not there. */
export function extentOf(shapes: Shapes, name: string, axis: number): number {
  return shapes.get(name)?.[axis] ?? 0;
}
