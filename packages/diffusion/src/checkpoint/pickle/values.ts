import type { ElementType } from '@bottega/graph';

/**
 * What a pickle can hold here: plain data, tensors, and husks of the few other things that harmless files mention.
 * Lists are arrays and dictionaries maps; values may contain themselves, so nothing walks them without a bound.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleTuple
  | PickleDict
  | Set<PickleValue>
  | PickleGlobal
  | PickleStorage
  | PickleTensor
  | PickleObject;

/** Keys are compared as JavaScript compares them: two equal tuples are two keys. */
export type PickleDict = Map<PickleValue, PickleValue>;

export type PickleTuple = { readonly kind: 'tuple'; readonly items: readonly PickleValue[] };

/** One of the allowed names of Python's world. Nothing of Python's is behind it. */
export type PickleGlobal = {
  readonly kind: 'global';
  /** Module and name: "collections.OrderedDict". */
  readonly name: string;
  /** What stands in for calling it; absent for what may be mentioned and not called. */
  readonly call?: (args: readonly PickleValue[]) => PickleValue;
  /** The element type that a storage or dtype stands for; absent for storages that do not say. */
  readonly type?: ElementType;
  readonly isStorage?: boolean;
};

/** The elements that one or several tensors are views of; the bytes stay in the file. */
export type PickleStorage = {
  readonly kind: 'storage';
  readonly key: string;
  readonly type: ElementType;
  readonly count: number;
};

/** A view of a storage. `start` and `strides` count elements. */
export type PickleTensor = {
  readonly kind: 'tensor';
  readonly storage: PickleStorage;
  /** Usually the storage's; PyTorch 2 says it apart for types that have no storage class. */
  readonly type: ElementType;
  readonly start: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
};

/** An instance of an allowed class, with the attributes that the file gives it and no behaviour. */
export type PickleObject = { readonly kind: 'object'; readonly name: string; attributes: PickleDict };

type Kinds = {
  readonly tuple: PickleTuple;
  readonly global: PickleGlobal;
  readonly storage: PickleStorage;
  readonly tensor: PickleTensor;
  readonly object: PickleObject;
};

/** Whether a value is of a kind; for the kinds that JavaScript has no own type for. */
export function isKind<Kind extends keyof Kinds>(
  value: PickleValue | undefined,
  kind: Kind,
): value is Kinds[Kind] {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}
