/** `bottega models`: what is installed, adding a file, what a file is, and making one of several. */
import { findAdapters } from '../adapter-files.ts';
import { type Command, type Context, UsageError } from '../command.ts';
import { addModel } from '../model-add.ts';
import { explainModel } from '../model-explain.ts';
import { mergeModels, mergeOptions } from '../model-merge.ts';
import { findModels, folders, resolveModel } from '../model-files.ts';
import { bytesText } from '../units.ts';

export const models: Command = {
  summary: 'list, add, explain and merge model files',
  usage:
    'list | add FILE [--link] | inspect FILE_OR_NAME [--no-hash] | merge MODEL [MODEL [MODEL]] [--ratio X]',
  options: {
    link: { type: 'boolean', description: 'add: link to the file instead of copying it' },
    'no-hash': { type: 'boolean', description: 'inspect: skip SHA-256, which reads the whole file' },
    ...mergeOptions,
    json: { type: 'boolean', description: 'answer with one JSON document' },
  },
  examples: [
    'bottega models list',
    'bottega models add ~/Downloads/dreamshaper_8.safetensors --link',
    'bottega models inspect miniatura --json',
    'bottega models merge dreamshaper_8 anything-v3 --ratio 0.4 --half -o dreaming',
  ],
  async run(context) {
    const [verb, file, ...rest] = context.words;
    if (verb === 'merge' && file !== undefined) return mergeModels(context, [file, ...rest]);
    if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one word too many.`);
    if (verb === 'list' && file === undefined) return list(context);
    if (verb === 'add' && file !== undefined) return addModel(context, file);
    if (verb === 'inspect' && file !== undefined)
      return explainModel(context, await resolveFile(file, context));
    throw new UsageError('Say list, add FILE, inspect FILE or merge MODEL MODEL.');
  },
};

/** The path of a model or of an adapter. */
async function resolveFile(wanted: string, context: Context): Promise<string> {
  const loras = await findAdapters(context).loras();
  const adapter = loras.find(({ name, fileName }) => name === wanted || fileName === wanted);
  return adapter?.path ?? (await resolveModel(wanted, context));
}

async function list(context: Context): Promise<void> {
  const places = folders(context).models;
  const found = await findModels(context);
  if (context.values.json === true) {
    const models = found.map(({ name, path, bytes }) => ({ name, path, bytes }));
    context.print(JSON.stringify({ folders: places, models }));
    return;
  }
  const width = Math.max(0, ...found.map(({ name }) => name.length));
  for (const { name, bytes, path } of found)
    context.print(`${name.padEnd(width)}  ${bytesText(bytes).padStart(9)}  ${path}`);
  if (found.length === 0) context.note(`No model yet. Put a checkpoint (.safetensors) into ${places[0]}.\n`);
}
