/** The adapters that prompts may name: those beside the models, and those of folders on the command line. */
import { resolve } from 'node:path';
import { type Adapters, createAdapters } from '@bottega/server/adapters';
import type { AdapterLookup } from '@bottega/diffusion';
import type { Context } from './command.ts';
import { folders } from './model-files.ts';
import { text } from './options.ts';

/** Everything installed, and what the options name. */
export function findAdapters({ values, cwd, env }: Pick<Context, 'values' | 'cwd' | 'env'>): Adapters {
  const more = (name: 'lora-dir' | 'embeddings-dir'): string[] => {
    const folder = text(values, name);
    return folder === undefined ? [] : [resolve(cwd, folder)];
  };
  return createAdapters(folders({ env }).models, {
    lora: more('lora-dir'),
    embedding: more('embeddings-dir'),
  });
}

export function adapterLookup(context: Pick<Context, 'values' | 'cwd' | 'env'>): Promise<AdapterLookup> {
  return findAdapters(context).lookup();
}
