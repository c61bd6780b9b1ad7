import type { ElementType } from '@bottega/graph';

/** A tensor in a file: what it is and where its bytes lie. */
export type StoredTensor = {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** In bytes from the start of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  /** The file they lie in, where it is not the one that the tensor is listed in. */
  readonly path?: string;
  /** The elements themselves, where they do not lie in the file in this order; `offset` then means nothing. */
  readonly bytes?: Uint8Array;
};

/** A file of weights whose header has been read and checked; the weights themselves stay on disk. */
export type WeightFile = {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Whether it is a folder of several files. */
  readonly isFolder?: boolean;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** What the file says of itself; never trusted. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** The shapes of a file's tensors by name, from which models derive their sizes. */
export function shapesOf(file: WeightFile): ReadonlyMap<string, readonly number[]> {
  return new Map([...file.tensors].map(([name, { shape }]) => [name, shape]));
}
