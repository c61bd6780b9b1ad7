/** Options of `imagine` for files beside the model: a VAE of its own, a refiner. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadModel, type LoadOptions, type Model } from '@bottega/diffusion';
import { createVaes } from '@bottega/server/vaes';
import { type Context, type Options, UsageError } from './command.ts';
import { folders, resolveModel } from './model-files.ts';
import { given, number, text } from './options.ts';
import { quickHash } from './quick-hash.ts';

export const otherModelOptions = {
  vae: {
    type: 'string',
    value: 'NAME',
    description:
      'a VAE from models/VAE, or a file; None takes the own one, even if NAME.vae.* lies beside it',
  },
  refiner: { type: 'string', value: 'NAME', description: 'a model that takes over on the way' },
  'refiner-at': {
    type: 'string',
    value: 'X',
    description: 'when: the share of the noise that is gone by then, 0 to 1 (default 0.8)',
  },
} as const satisfies Options;

/**
 * The VAE that the model draws with, as the server chooses it.
 * @throws AppError `vae.unknown`
 */
export async function chosenVae(
  { values, env, cwd }: Context,
  model: string,
): Promise<Pick<LoadOptions, 'vae' | 'vaeSha256'>> {
  const wanted = text(values, 'vae');
  if (wanted === 'None') return {};
  const file = wanted === undefined ? undefined : resolve(cwd, wanted);
  const vaes = createVaes(folders({ env }).models);
  const isFile = file !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  const path = isFile ? file : (await (wanted === undefined ? vaes.beside(model) : vaes.find(wanted)))?.path;
  return path === undefined ? {} : { vae: path, ...given({ vaeSha256: await quickHash(path) }) };
}

/** The opened refiner; the caller disposes of it. */
export async function openRefiner(
  context: Context,
  runtime: LoadOptions,
): Promise<{ readonly model: Model; readonly switchAt: number } | undefined> {
  const name = text(context.values, 'refiner');
  const switchAt = number(context.values, 'refiner-at');
  if (name === undefined) {
    if (switchAt !== undefined)
      throw new UsageError('--refiner-at needs --refiner: the model that takes over.');
    return undefined;
  }
  const path = await resolveModel(name, context);
  const model = await loadModel(path, { ...runtime, ...given({ sha256: await quickHash(path) }) });
  return { model, switchAt: switchAt ?? 0.8 };
}
