/** `bottega models`: what is installed, adding a file, what a file is, and making one of several. */
import { findAdapters } from '../adapter-files.ts';
import { type Command, type Context, UsageError } from '../command.ts';
import { addModel } from '../model-add.ts';
import { explainModel } from '../model-explain.ts';
import { mergeModels, mergeOptions } from '../model-merge.ts';
import { listFiles } from '../model-list.ts';
import { resolveModel } from '../model-files.ts';

export const models: Command = {
  summary: 'list, add, explain and merge model files',
  usage:
    'list [KIND] | add FILE [--link] | inspect FILE_OR_NAME [--no-hash] | merge MODEL [MODEL [MODEL]] [--ratio X]',
  options: {
    link: { type: 'boolean', description: 'add: link to the file instead of copying it' },
    'no-hash': { type: 'boolean', description: 'inspect: skip SHA-256, which reads the whole file' },
    ...mergeOptions,
    json: { type: 'boolean', description: 'answer with one JSON document' },
  },
  examples: [
    'bottega models list',
    'bottega models list vaes',
    'bottega models add ~/Downloads/dreamshaper_8.safetensors --link',
    'bottega models inspect miniatura --json',
    'bottega models merge dreamshaper_8 anything-v3 --ratio 0.4 --half -o dreaming',
  ],
  async run(context) {
    const [verb, file, ...rest] = context.words;
    if (verb === 'merge' && file !== undefined) return mergeModels(context, [file, ...rest]);
    if (verb === 'list' && rest.length === 0) return listFiles(context, file);
    if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one word too many.`);
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
