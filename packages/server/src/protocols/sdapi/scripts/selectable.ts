/** What it takes for a client to choose a script by `script_name`. */
import type { Generation, Picture, Script } from '@bottega/contract';
import type { JsonObject } from '../../../settings/settings-store.ts';
import type { Argument, ArgumentReader } from './arguments.ts';

export type Kind = 'txt2img' | 'img2img';

/** Names that arguments may be chosen from. */
export type Lists = {
  readonly models: readonly string[];
  readonly samplers: readonly string[];
  readonly schedulers: readonly string[];
  readonly vaes: readonly string[];
  readonly styles: readonly string[];
  /** In the order of `/upscalers`. */
  readonly upscalers: readonly string[];
};

/** One picture of the answer: a picture, or a grid of several. */
export type Shown = readonly Picture[];

export type SelectableScript = {
  /** A1111's title in lower case. */
  readonly name: Script['name'];
  readonly on: readonly Kind[];
  readonly describe: (kind: Kind, lists: Lists) => readonly Argument[];
  /** How many of the described arguments a request must give. */
  readonly count: number;
  /** @throws RequestMismatch, AppError. */
  readonly read: (args: ArgumentReader, kind: Kind) => Script;
  /** What is known only when it is drawn: names that stand for places in lists. @throws RequestMismatch. */
  readonly complete?: (script: Script, lists: Pick<Lists, 'upscalers'>) => Script;
  /** The pictures of the answer in A1111's order. */
  readonly show: (generation: Generation, args: ArgumentReader, settings: JsonObject) => readonly Shown[];
  /** Whether A1111 draws one picture for each drawing where it makes no grid of a batch. */
  readonly showsOneOfBatch?: boolean;
  /** Where A1111 says that pictures begin after its grids. */
  readonly indexOfFirstImage: number;
};

/** The sheets of a generation, the one of all first. */
export function sheetsOf({ pictures }: Generation): readonly Picture[] {
  return pictures.filter(({ isSheet }) => isSheet === true);
}

/** Its pictures cell by cell. */
export function cellsOf({ pictures, cells = [] }: Generation): readonly Shown[] {
  const byId = new Map(pictures.map((picture) => [picture.id, picture]));
  return cells.map((cell) => cell.pictures.flatMap((id) => byId.get(id) ?? []));
}

/** Each picture by itself. */
export function oneByOne(pictures: readonly Picture[]): readonly Shown[] {
  return pictures.map((picture) => [picture]);
}
