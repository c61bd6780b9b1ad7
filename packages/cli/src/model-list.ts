/** `bottega models list`: what is installed of each kind. */
import { statSync } from 'node:fs';
import { createControlNets } from '@bottega/server/control-nets';
import { createVaes } from '@bottega/server/vaes';
import { findAdapters } from './adapter-files.ts';
import { type Context, UsageError } from './command.ts';
import { findModels, folders } from './model-files.ts';
import { bytesText } from './units.ts';

type Listed = { readonly name: string; readonly path: string; readonly bytes: number };

/** How to name one, and where it lies; by the words of the command. */
const kinds: Readonly<Record<string, (context: Context) => Promise<readonly Listed[]>>> = {
  models: findModels,
  // Recipes and infotexts name VAEs by their files.
  vaes: async (context) =>
    (await createVaes(folders(context).models).list()).map((file) => ({ ...file, name: file.fileName })),
  'control-nets': async (context) =>
    (await createControlNets(folders(context).models).list()).map((one) => ({
      ...one,
      bytes: statSync(one.path).size,
    })),
  loras: (context) => findAdapters(context).loras(),
  embeddings: (context) => findAdapters(context).embeddings(),
  hypernetworks: (context) => findAdapters(context).hypernetworks(),
};

/** @param kind Default "models". @throws UsageError */
export async function listFiles(context: Context, kind = 'models'): Promise<void> {
  if (!Object.hasOwn(kinds, kind)) {
    const known = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(Object.keys(kinds));
    throw new UsageError(`list takes ${known}, not "${kind}".`);
  }
  const places = folders(context).models;
  const found = await kinds[kind](context);
  if (context.values.json === true) {
    const models = found.map(({ name, path, bytes }) => ({ name, path, bytes }));
    context.print(JSON.stringify({ folders: places, models }));
    return;
  }
  const width = Math.max(0, ...found.map(({ name }) => name.length));
  for (const { name, bytes, path } of found)
    context.print(`${name.padEnd(width)}  ${bytesText(bytes).padStart(9)}  ${path}`);
  if (found.length > 0) return;
  const advice = kind === 'models' ? `Put a checkpoint (.safetensors) into ${places[0]}.` : '';
  context.note(`There are no ${kind} yet. ${advice}`.trimEnd() + '\n');
}
