import { widthOf } from '../element-width.ts';
import type { ReadBytes } from '../safetensors.ts';
import { limits } from './limits.ts';
import type { PickleFile, StorageBytes } from './pickle-file.ts';
import type { Refusals } from './refusals.ts';
import { unpickle } from './unpickle.ts';
import { isKind } from './values.ts';
import type { PickleStorage, PickleValue } from './values.ts';

/** What the first pickle of the file is, so that programs know it. */
const magic = 0x1950_a86a_20f9_469c_fc6cn;

/**
 * The format of `torch.save` before PyTorch 1.6: five pickles (a magic number, a version, the machine's sizes, the
 * object, the keys of the storages), then each storage as a count of its elements and the elements themselves.
 * A file that is one pickle and nothing else is read as well, so that it is refused for what it asks for.
 */
export async function readLegacy(size: number, read: ReadBytes, refuse: Refusals): Promise<PickleFile> {
  const bytes = await read(0, Math.min(size, limits.pickle));
  const first = unpickle(bytes, 0, refuse);
  if (first.value !== magic) throw refuse.malformed('it is a pickle, but not one of PyTorch');
  const version = unpickle(bytes, first.end, refuse);
  if (version.value !== 1001) throw refuse.malformed('it was saved by an unknown version of PyTorch');
  const machine = unpickle(bytes, version.end, refuse);
  if (!(machine.value instanceof Map) || machine.value.get('little_endian') !== true) {
    throw refuse.malformed('it was saved on a machine of the other byte order');
  }

  const storages = new Map<string, PickleStorage>();
  const saved = unpickle(bytes, machine.end, refuse, (storage) => {
    const known = storages.get(storage.key) ?? storage;
    if (known.type !== storage.type || known.count !== storage.count) {
      throw refuse.malformed('a storage is described in two ways');
    }
    storages.set(storage.key, known);
  });
  const keys = unpickle(bytes, saved.end, refuse);
  const places = await locateStorages(keysIn(keys.value, refuse), keys.end);
  return {
    root: saved.value,
    locate: ({ key }) => {
      const place = places.get(key);
      if (place === undefined) throw refuse.malformed('a storage is not in the file');
      return place;
    },
  };

  async function locateStorages(
    inOrder: readonly string[],
    start: number,
  ): Promise<ReadonlyMap<string, StorageBytes>> {
    const found = new Map<string, StorageBytes>();
    let at = start;
    for (const key of inOrder) {
      const storage = storages.get(key);
      if (storage === undefined) throw refuse.malformed('it has a storage that nothing is said of');
      const count = await read(at, 8);
      if (count.length < 8) throw refuse.truncated('its last storages are missing');
      if (count.readBigUInt64LE() !== BigInt(storage.count)) {
        throw refuse.malformed(
          `a storage has ${count.readBigUInt64LE()} elements and should have ${storage.count}`,
        );
      }
      const length = storage.count * widthOf(storage.type);
      if (at + 8 + length > size) throw refuse.truncated('its last storages are missing');
      found.set(key, { offset: at + 8, length });
      at += 8 + length;
    }
    return found;
  }
}

function keysIn(value: PickleValue, refuse: Refusals): readonly string[] {
  const items = isKind(value, 'tuple') ? value.items : value;
  if (
    !Array.isArray(items) ||
    !items.every((one) => typeof one === 'string') ||
    items.length > limits.entries
  ) {
    throw refuse.malformed('it has no list of storages');
  }
  if (new Set(items).size !== items.length) throw refuse.malformed('it has a storage twice');
  return items;
}
