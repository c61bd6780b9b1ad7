/** Values of the symbols of a graph's shapes, e.g. `{ batch: 1, height: 64, width: 64 }`. */
export type Sizes = Readonly<Record<string, number>>;

/** An extent that is known only when the graph runs. Two are equal when their texts are. */
export type SymbolicDim = {
  readonly text: string;
  readonly at: (sizes: Sizes) => number;
  /** What it is a sum of, where it is one. */
  readonly sum?: readonly [of: SymbolicDim, and: number];
};

/** One extent of a shape. */
export type Dim = number | SymbolicDim;

export type Shape = readonly Dim[];

/** A free symbol, such as the height of an input. */
export function symbol(name: string): SymbolicDim {
  return {
    text: name,
    at: (sizes) => {
      if (sizes[name] === undefined) throw new RangeError(`no size given for "${name}"`);
      return sizes[name];
    },
  };
}

/** The product of extents; `times(2, height, width)` reads "2*height*width". */
export function times(...dims: readonly Dim[]): Dim {
  const factor = dims.reduce<number>(
    (product, dim) => (typeof dim === 'number' ? product * dim : product),
    1,
  );
  const symbols = dims.filter((dim) => typeof dim !== 'number');
  if (symbols.length === 0) return factor;
  if (symbols.length === 1 && factor === 1) return symbols[0];
  const text = [...(factor === 1 ? [] : [factor]), ...symbols.map((dim) => dim.text)].join('*');
  return { text, at: (sizes) => symbols.reduce((product, dim) => product * dim.at(sizes), factor) };
}

/** `dim + count`; taking away what was added gives the extent from before. */
export function plus(dim: Dim, count: number): Dim {
  if (typeof dim === 'number') return dim + count;
  const [base, already] = dim.sum ?? [dim, 0];
  const all = already + count;
  if (all === 0) return base;
  const text = `${base.text}${all > 0 ? '+' : ''}${all}`;
  return { text, at: (sizes) => base.at(sizes) + all, sum: [base, all] };
}

/** The sum of extents; `sum([height, width])` reads "height+width". */
export function sum(dims: readonly Dim[]): Dim {
  const text = dims.map(textOf).join('+');
  return { text, at: (sizes) => dims.reduce<number>((total, dim) => total + valueOf(dim, sizes), 0) };
}

/** `dim - other`. */
export function minus(dim: Dim, other: Dim): Dim {
  const text = `${textOf(dim)}-${textOf(other)}`;
  return { text, at: (sizes) => valueOf(dim, sizes) - valueOf(other, sizes) };
}

/** `dim / divisor`, rounded up: what a padded convolution of that stride leaves. */
export function dividedUp(dim: Dim, divisor: number): Dim {
  if (divisor === 1) return dim;
  if (typeof dim === 'number') return Math.ceil(dim / divisor);
  return { text: `ceil(${dim.text}/${divisor})`, at: (sizes) => Math.ceil(dim.at(sizes) / divisor) };
}

export function sameDim(a: Dim, b: Dim): boolean {
  return textOf(a) === textOf(b);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => sameDim(dim, b[axis]));
}

export function valueOf(dim: Dim, sizes: Sizes): number {
  return typeof dim === 'number' ? dim : dim.at(sizes);
}

/** Number of elements of a shape. */
export function elementsOf(shape: Shape, sizes: Sizes = {}): number {
  return shape.reduce<number>((product, dim) => product * valueOf(dim, sizes), 1);
}

export function textOf(dim: Dim): string {
  return typeof dim === 'number' ? String(dim) : dim.text;
}

/** A readable shape: "[batch, 320, height, width]". */
export function shapeText(shape: Shape): string {
  return `[${shape.map(textOf).join(', ')}]`;
}
