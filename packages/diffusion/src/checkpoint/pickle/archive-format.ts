import { widthOf } from '../element-width.ts';
import type { ReadBytes } from '../safetensors.ts';
import { limits } from './limits.ts';
import type { PickleFile } from './pickle-file.ts';
import { shown } from './refusals.ts';
import type { Refusals } from './refusals.ts';
import { unpickle } from './unpickle.ts';
import { readZipEntries } from './zip-entries.ts';

/** The files that `torch.save` puts into an archive, all in one folder. */
const allowed =
  /^(?<folder>[^/\\]+)\/(?<file>data\.pkl|data\/\d+|version|byteorder|\.format_version|\.storage_alignment|\.data\/serialization_id)$/;

/**
 * The archive that PyTorch has written since 1.6: `FOLDER/data.pkl`, one file for each storage in `FOLDER/data/`.
 * Entries of other names are refused: TorchScript has programs beside the data, and a path may lead elsewhere.
 */
export async function readArchive(size: number, read: ReadBytes, refuse: Refusals): Promise<PickleFile> {
  const files = new Map<string, { readonly offset: number; readonly length: number }>();
  const folders = new Set<string | undefined>();
  for (const { name, offset, length } of await readZipEntries(size, read, refuse)) {
    const { folder, file } = allowed.exec(name)?.groups ?? {};
    if (file === undefined || folder === '..' || folder === '.') {
      throw refuse.unsafe(`the file ${shown(name)} in its archive`);
    }
    folders.add(folder);
    if (files.has(file) || folders.size > 1) throw refuse.unsafe(`two files ${shown(file)} in its archive`);
    files.set(file, { offset, length });
  }

  const pickle = files.get('data.pkl');
  if (pickle === undefined)
    throw refuse.malformed('its archive has no data.pkl, so it is no checkpoint of PyTorch');
  if (pickle.length > limits.pickle) throw refuse.malformed(`its pickle has ${pickle.length} bytes`);
  const order = files.get('byteorder');
  if (order !== undefined && (await read(order.offset, Math.min(order.length, 8))).toString() !== 'little') {
    throw refuse.malformed('it was saved on a machine of the other byte order');
  }

  const { value } = unpickle(await read(pickle.offset, pickle.length), 0, refuse);
  return {
    root: value,
    locate: ({ key, type, count }) => {
      const file = files.get(`data/${key}`);
      const needed = count * widthOf(type);
      if (file === undefined) throw refuse.malformed(`its archive has no data/${key.slice(0, 80)}`);
      if (file.length < needed) {
        throw refuse.truncated(`data/${key} in its archive has ${file.length} bytes of ${needed}`);
      }
      return { offset: file.offset, length: needed };
    },
  };
}
