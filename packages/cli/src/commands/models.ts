/** `bottega models`: what is installed, adding a file, what a file is, and making one of several. */
import { type Command, UsageError } from '../command.ts';

export const models: Command = {
  summary: 'list, add, explain and merge model files',
  usage:
    'list [KIND] | add FILE [--link] | inspect FILE_OR_NAME [--no-hash] | merge MODEL [MODEL [MODEL]] [--ratio X]',
  options: {
    link: { type: 'boolean', description: 'add: link to the file instead of copying it' },
    'no-hash': { type: 'boolean', description: 'inspect: skip SHA-256, which reads the whole file' },
    ratio: { type: 'string', value: 'X', description: 'merge: how much of the second counts (default 0.3)' },
    method: {
      type: 'string',
      value: 'HOW',
      description: 'merge: sum (default), difference (a + ratio (b - c), where three are given) or none',
    },
    half: { type: 'boolean', description: 'merge: write 16 bits for 32: half the size' },
    vae: { type: 'string', value: 'MODEL', description: 'merge: take the VAE of this file' },
    discard: { type: 'string', value: 'REGEX', description: 'merge: leave out tensors whose name fits' },
    'config-from': {
      type: 'string',
      value: 'WHOSE',
      description: 'merge: whose card it gets: first (default), b, c or none',
    },
    'no-metadata': { type: 'boolean', description: 'merge: do not say in the file how it was made' },
    output: {
      type: 'string',
      short: 'o',
      value: 'NAME',
      description: 'merge: its name (default says how it was made)',
    },
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
    if (verb === 'merge' && file !== undefined) {
      const { mergeModels } = await import('../model-merge.ts');
      return mergeModels(context, [file, ...rest]);
    }
    if (verb === 'list' && rest.length === 0) {
      const { listFiles } = await import('../model-list.ts');
      return listFiles(context, file);
    }
    if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one word too many.`);
    if (verb === 'add' && file !== undefined) {
      const { addModel } = await import('../model-add.ts');
      return addModel(context, file);
    }
    if (verb === 'inspect' && file !== undefined) {
      const { explainFile } = await import('../model-explain.ts');
      return explainFile(context, file);
    }
    throw new UsageError('Say list, add FILE, inspect FILE or merge MODEL MODEL.');
  },
};
