/** The installed models: found, described, hashed in the background, and looked up by any of their names. */
import { extname } from 'node:path';
import { AppError, type ModelInfo } from '@bottega/contract';
import { autoV1Of } from '@bottega/diffusion';
import type { Logger } from '../log/logger.ts';
import { type Described, describeModel } from './describe.ts';
import type { FileHashes } from './file-hashes.ts';
import { type FoundFile, scanModels } from './scan.ts';

export type Models = {
  /** In order: usable ones of the first folder first. */
  list(): readonly ModelInfo[];
  /** Looks into the folders again; resolves when the list is new, while hashes may still be missing. */
  refresh(): Promise<readonly ModelInfo[]>;
  /**
   * By name, file name, title, SHA-256 or its first 10 digits, or A1111's old hash (AutoV1); the default model where `name` is not given.
   * @throws AppError `model.unknown`, `model.none`.
   */
  find(name?: string): ModelInfo;
  /** The file of a model by its `name`. @throws AppError `model.unknown`. */
  pathOf(name: string): string;
  /** Resolves when every file is hashed. */
  hashed(): Promise<void>;
  stop(): void;
};

type Entry = {
  readonly file: FoundFile;
  readonly described: Described;
  readonly autoV1?: string;
  readonly sha256?: string;
};

/**
 * @param folders The first is where people are told to put models.
 * @param onChange Called when the list or a hash is new.
 */
export function createModels(
  folders: readonly string[],
  hashes: FileHashes,
  onChange: () => void,
  log: Logger,
): Models {
  let entries: readonly Entry[] = [];
  let hashing: Promise<void> = Promise.resolve();
  let stopHashing = new AbortController();

  function list(): readonly ModelInfo[] {
    const first = entries.find(isUsable);
    return entries.map((entry) => toModelInfo(entry, entry === first));
  }

  async function refresh(): Promise<readonly ModelInfo[]> {
    const before = new Map(entries.map((entry) => [identity(entry.file), entry]));
    const files = await scanModels(folders);
    const known = await hashes.known(files);
    entries = await Promise.all(
      files.map(async (file): Promise<Entry> => {
        const same = before.get(identity(file));
        const described = same?.described ?? (await describeModel(file));
        const autoV1 = same === undefined ? await oldHashOf(file) : same.autoV1;
        return { file, described, autoV1, sha256: known.get(file.path) };
      }),
    );
    stopHashing.abort();
    stopHashing = new AbortController();
    hashing = hashMissing(stopHashing.signal);
    onChange();
    return list();
  }

  async function hashMissing(signal: AbortSignal): Promise<void> {
    for (const { file } of entries.filter((entry) => entry.sha256 === undefined && !entry.file.isFolder)) {
      try {
        const sha256 = await hashes.compute(file, signal);
        entries = entries.map((entry) => (entry.file === file ? { ...entry, sha256 } : entry));
        onChange();
      } catch (error) {
        if (signal.aborted) return;
        log.warn('a model could not be hashed', { path: file.path, error });
      }
    }
  }

  return {
    list,
    refresh,
    hashed: () => hashing,
    find: (name) => {
      const models = list();
      if (models.every((model) => model.problem !== undefined))
        throw new AppError('model.none', { folder: folders[0] });
      const found = models.filter((model, i) =>
        name === undefined ? model.isDefault : goesBy(model, entries[i].autoV1, name),
      );
      const usable = found.find((model) => model.problem === undefined);
      if (usable === undefined) throw unknown(name ?? '', found[0]?.problem, models);
      return usable;
    },
    pathOf: (name) => {
      const entry = entries.find(({ file }) => file.name === name);
      if (entry === undefined) throw unknown(name, undefined, list());
      return entry.file.path;
    },
    stop: () => stopHashing.abort(),
  };
}

function isUsable({ described }: Entry): boolean {
  return described.problem === undefined;
}

function identity({ path, bytes, modified, name }: FoundFile): string {
  return [path, bytes, modified, name].join('\n');
}

function toModelInfo({ file, described, sha256 }: Entry, isDefault: boolean): ModelInfo {
  const { name, fileName } = described;
  const shown = file.isFolder ? name : name + extname(fileName);
  return {
    ...described,
    title: sha256 === undefined ? shown : `${shown} [${sha256.slice(0, 10)}]`,
    ...(sha256 !== undefined && { sha256 }),
    isDefault,
  };
}

/** By which pictures of 2022 know their model; none of a folder, or of a file that cannot be read. */
async function oldHashOf({ path, isFolder }: FoundFile): Promise<string | undefined> {
  return isFolder === true ? undefined : await autoV1Of(path).catch(() => undefined);
}

/** A1111's aliases of a checkpoint. */
function goesBy(model: ModelInfo, autoV1: string | undefined, name: string): boolean {
  const { sha256 } = model;
  const hashes = [
    ...(sha256 === undefined ? [] : [sha256.slice(0, 10)]),
    ...(autoV1 === undefined ? [] : [autoV1]),
  ];
  const hashed = [sha256, ...hashes, ...hashes.map((hash) => `${model.name} [${hash}]`)];
  const wanted = name.toLowerCase();
  return [model.name, model.fileName, model.title, ...hashed].some(
    (known) => known?.toLowerCase() === wanted,
  );
}

function unknown(name: string, problem: string | undefined, models: readonly ModelInfo[]): AppError {
  const usable = models.filter((model) => model.problem === undefined).map((model) => model.name);
  const remedy = problem ?? `Installed: ${usable.slice(0, 20).join(', ')}.`;
  return new AppError('model.unknown', { name: name.replace(/[^\P{C}]/gu, '').slice(0, 100), remedy });
}
