import type { ElementType } from '@bottega/graph';
import { rebuildTensor } from './rebuild-tensor.ts';
import { isKind } from './values.ts';
import type { PickleDict, PickleGlobal, PickleValue } from './values.ts';

const elementTypes: Readonly<Record<string, readonly [storage: string | undefined, dtype: string]>> = {
  f32: ['FloatStorage', 'float32'],
  f64: ['DoubleStorage', 'float64'],
  f16: ['HalfStorage', 'float16'],
  bf16: ['BFloat16Storage', 'bfloat16'],
  f8e4m3: [undefined, 'float8_e4m3fn'],
  f8e5m2: [undefined, 'float8_e5m2'],
  i64: ['LongStorage', 'int64'],
  i32: ['IntStorage', 'int32'],
  i16: ['ShortStorage', 'int16'],
  i8: ['CharStorage', 'int8'],
  u64: [undefined, 'uint64'],
  u32: [undefined, 'uint32'],
  u16: [undefined, 'uint16'],
  u8: ['ByteStorage', 'uint8'],
  bool: ['BoolStorage', 'bool'],
};

/** Everything that a pickle may name. Storages and dtypes of PyTorch come from the table above. */
const globals: ReadonlyMap<string, PickleGlobal> = new Map(
  [
    ...Object.entries(elementTypes).flatMap(([type, names]) => typeGlobals(type as ElementType, names)),
    storage('torch.UntypedStorage'),
    storage('torch.storage.UntypedStorage'),
    callable('collections.OrderedDict', ([items]) => dictOf(items)),
    callable('torch._utils._rebuild_tensor_v2', rebuildTensor),
    callable('torch._utils._rebuild_tensor_v3', rebuildTensor),
    callable('torch._utils._rebuild_parameter', ([tensor]) => tensor),
    callable('torch.Size', ([items]) => tupleOf(items)),
    callable('__builtin__.set', ([items]) => setOf(items)),
    callable('builtins.set', ([items]) => setOf(items)),
    object('torch.nn.modules.container.ParameterDict'),
    // Training states of SD 1.4 hold numbers of NumPy and a callback's class beside the weights. Nobody needs them.
    object('numpy.core.multiarray.scalar'),
    object('numpy._core.multiarray.scalar'),
    object('numpy.core.multiarray._reconstruct'),
    object('numpy._core.multiarray._reconstruct'),
    mention('numpy.ndarray'),
    object('numpy.dtype'),
    object('_codecs.encode'),
    mention('pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint'),
    mention('pytorch_lightning.callbacks.early_stopping.EarlyStopping'),
  ].map((one) => [one.name, one]),
);

/** What stands for a name of Python's world; undefined for all that is not allowed. */
export function findGlobal(module: string, name: string): PickleGlobal | undefined {
  return globals.get(`${module}.${name}`);
}

function typeGlobals(
  type: ElementType,
  [storageClass, dtype]: readonly [string | undefined, string],
): readonly PickleGlobal[] {
  const ofDtype: PickleGlobal = { kind: 'global', name: `torch.${dtype}`, type };
  return storageClass === undefined ? [ofDtype] : [ofDtype, storage(`torch.${storageClass}`, type)];
}

function storage(name: string, type?: ElementType): PickleGlobal {
  return { kind: 'global', name, type, isStorage: true };
}

function callable(name: string, call: PickleGlobal['call']): PickleGlobal {
  return { kind: 'global', name, call };
}

/** Called, it gives an object that keeps its name alone. */
function object(name: string): PickleGlobal {
  return callable(name, () => ({ kind: 'object', name, attributes: new Map() }));
}

function mention(name: string): PickleGlobal {
  return { kind: 'global', name };
}

function dictOf(items: PickleValue = []): PickleDict {
  const pairs = listOf(items).map(listOf);
  if (!pairs.every((pair) => pair.length === 2)) throw new RangeError('a dictionary is not made of pairs');
  return new Map(pairs.map(([key, value]) => [key, value]));
}

function setOf(items: PickleValue = []): PickleValue {
  return new Set(listOf(items));
}

function tupleOf(items: PickleValue = []): PickleValue {
  return { kind: 'tuple', items: listOf(items) };
}

function listOf(value: PickleValue): readonly PickleValue[] {
  if (Array.isArray(value)) return value;
  if (isKind(value, 'tuple')) return value.items;
  throw new RangeError('something that should be a list is none');
}
