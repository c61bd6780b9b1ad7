/** The styles that a command names. */
import { dataPaths, readStyles } from '@bottega/server/offline';
import { type Context, UsageError } from './command.ts';
import { folders } from './model-files.ts';
import { texts } from './options.ts';

/** @throws UsageError where one is not saved. */
export async function chosenStyles(context: Context): Promise<string[] | undefined> {
  const wanted = texts(context.values, 'style');
  if (wanted.length === 0) return undefined;
  const path = dataPaths(folders(context).data).styles;
  const saved = (await readStyles(path)).map(({ name }) => name);
  const missing = wanted.find((name) => !saved.includes(name));
  if (missing === undefined) return [...wanted];
  const known = saved.length === 0 ? `${path} has none` : `Saved: ${saved.slice(0, 20).join(', ')}`;
  throw new UsageError(`There is no style "${missing}". ${known}.`);
}
