/**
 * The order in which A1111 draws the cells of a plot: the axis that costs most to change changes least often; without
 * a costliest one Z, then Y.
 * @param counts Values of X, Y and Z. @param costs Of their axes.
 * @returns indices of cells, which are counted along X, then Y, then Z.
 */
export function drawingOrder(counts: readonly number[], costs: readonly number[]): readonly number[] {
  const [outer, middle, inner] = nesting(costs);
  const order: number[] = [];
  const at = [0, 0, 0];
  for (at[outer] = 0; at[outer] < counts[outer]; at[outer]++)
    for (at[middle] = 0; at[middle] < counts[middle]; at[middle]++)
      for (at[inner] = 0; at[inner] < counts[inner]; at[inner]++)
        order.push(at[0] + counts[0] * (at[1] + counts[1] * at[2]));
  return order;
}

/** Outermost axis first; of two that cost the same the later one. */
function nesting(costs: readonly number[]): readonly number[] {
  const costliest = [0, 1, 2].find((axis) =>
    costs.every((cost, other) => other === axis || costs[axis] > cost),
  );
  if (costliest === undefined) return [2, 1, 0];
  const [first, second] = [0, 1, 2].filter((axis) => axis !== costliest);
  return costs[first] > costs[second] ? [costliest, first, second] : [costliest, second, first];
}
