/** The files that a drawing may name: what is installed, and what an option names by its path. */
import { statSync } from 'node:fs';
import { basename, extname, isAbsolute, resolve } from 'node:path';
import { AppError } from '@bottega/contract';
import { type ControlNets, createControlNets } from '@bottega/server/control-nets';
import { type FoundFile, uniqueName } from '@bottega/server/model-files';
import { createVaes, type Vaes } from '@bottega/server/vaes';
import type { Context } from './command.ts';
import { findModels, folders, noSuchModel } from './model-files.ts';
import { text } from './options.ts';

export type Catalogue = {
  /** Those that paths name, then the installed ones. */
  readonly models: readonly FoundFile[];
  readonly vaes: Vaes;
  readonly controlNets: ControlNets;
  /** What a recipe calls the model of an option; `undefined` is the default one. @throws AppError `model.*`. */
  modelName(word: string | undefined): string;
  /** What a recipe calls the VAE of an option. */
  vaeName(word: string): string;
  /** What a recipe calls the ControlNet of an option. */
  controlNetName(word: string): Promise<string>;
};

const modelOptions = ['model', 'refiner', 'hires-model'] as const;

/** @param controlNets What the options call ControlNets. */
export async function openCatalogue(context: Context, controlNets: readonly string[]): Promise<Catalogue> {
  const { values, cwd } = context;
  const { models: places } = folders(context);
  const installed = await findModels(context);
  const named = modelOptions.flatMap((name) => text(values, name) ?? []);
  const models = [...filesAt(named, cwd, installed), ...installed];
  const vaes = createVaes(places, filesAt([text(values, 'vae') ?? ''], cwd));
  const nets = createControlNets(places, filesAt(controlNets, cwd));
  return {
    models,
    vaes,
    controlNets: nets,
    modelName: (word) => {
      if (word === undefined && installed.length > 0) return installed[0].name;
      const path = word && pathOf(word, cwd);
      const found = models.find((one) => [one.name, one.fileName].includes(word ?? '') || one.path === path);
      if (found === undefined) throw noSuchModel(word, installed, places);
      return found.name;
    },
    vaeName: (word) => (pathOf(word, cwd) === undefined ? word : basename(word)),
    controlNetName: async (word) => {
      const path = pathOf(word, cwd);
      if (path === undefined) return word;
      const found = (await nets.list()).find((one) => one.path === path);
      if (found !== undefined) return found.title;
      throw new AppError('control-net.unknown', { name: word, remedy: 'This file cannot be read.' });
    },
  };
}

/** The file that an option means if not the name of something installed. */
function pathOf(word: string, cwd: string): string | undefined {
  const isPath = isAbsolute(word) || /[/\\]|\.(safetensors|ckpt|pth|pt|bin)$/.test(word);
  const path = resolve(cwd, word);
  // A folder may be a model in the layout of diffusers.
  return isPath && statSync(path, { throwIfNoEntry: false }) !== undefined ? path : undefined;
}

/** @param known Those that need not be named a second time; their names are taken. */
function filesAt(words: readonly string[], cwd: string, known: readonly FoundFile[] = []): FoundFile[] {
  const paths = [...new Set(words.flatMap((word) => pathOf(word, cwd) ?? []))];
  const names = new Set(known.map(({ name }) => name));
  return paths
    .filter((path) => known.every((file) => file.path !== path))
    .map((path) => {
      const info = statSync(path);
      const isFolder = info.isDirectory();
      const name = uniqueName(basename(path, isFolder ? '' : extname(path)), names);
      names.add(name);
      const file = { name, fileName: basename(path), path, bytes: info.size, modified: info.mtimeMs };
      return isFolder ? { ...file, isFolder } : file;
    });
}
