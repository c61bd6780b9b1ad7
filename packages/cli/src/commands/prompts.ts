/** `bottega prompts`: A1111's "Prompts from file or textbox" without a server. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, type Context, UsageError } from '../command.ts';
import { drawingOptions } from '../drawing-options.ts';
import { text } from '../options.ts';

const largestFile = 1_000_000;

export const prompts: Command = {
  summary: 'draw every line of a file',
  usage: 'FILE [-o FILE.png] [OPTIONS]',
  options: {
    'iterate-seed': { type: 'boolean', description: 'let every line begin where the one before ends' },
    'same-seed': { type: 'boolean', description: 'draw one random seed for all lines' },
    words: { type: 'string', value: 'WORDS', description: 'stand after every line' },
    ...drawingOptions,
  },
  examples: [
    'bottega prompts ideas.txt -o idea.png',
    'bottega prompts ideas.txt --words "oil painting" --same-seed',
  ],
  run: async (context) => {
    const { values, words } = context;
    if (words.length !== 1) throw new UsageError('Name one file with a prompt on every line.');
    const { drawScript } = await import('../draw-script.ts');
    return drawScript(context, {
      prompt: text(values, 'words') ?? '',
      output: text(values, 'output') ?? 'prompt.png',
      savesPictures: true,
      script: {
        name: 'prompts from file or textbox',
        lines: readLines(words[0], context),
        iterateSeed: values['iterate-seed'] === true,
        sameSeed: values['same-seed'] === true,
      },
    });
  },
};

function readLines(file: string, { cwd }: Pick<Context, 'cwd'>): string {
  const path = resolve(cwd, file);
  const info = statSync(path, { throwIfNoEntry: false });
  if (info?.isFile() !== true) throw new UsageError(`There is no file ${path}.`);
  if (info.size > largestFile) throw new UsageError(`${path} is larger than ${largestFile / 1e6} MB.`);
  return readFileSync(path, 'utf8').replace(/^\ufeff/, '');
}
