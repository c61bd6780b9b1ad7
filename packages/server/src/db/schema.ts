/** The tables, as Kysely sees them. */
import type { ColumnType, Generated, Insertable, Selectable } from 'kysely';
import type { GenerationState, Recipe } from '@bottega/contract';
import type { TaskKind, TaskRequest, TaskResult } from '../tasks/kinds.ts';
import type { Plan } from '../scripts/plan.ts';

type Json<T> = ColumnType<T, string, string>;
type Time = ColumnType<Date, Date | undefined, Date>;
type Bytes = Buffer;

/** A recipe in which nothing is left to chance or to defaults: drawing it again gives the same pictures. */
export type ResolvedRecipe = Recipe & {
  readonly model: string;
  readonly sampler: string;
  readonly scheduler: string;
  readonly steps: number;
  readonly width: number;
  readonly height: number;
  readonly cfgScale: number;
};

export type GenerationTable = {
  id: string;
  /** Order of acceptance, which is the order of the queue. */
  number: Generated<number>;
  state: GenerationState;
  recipe: Json<ResolvedRecipe>;
  model_path: string;
  created_at: Time;
  started_at: Date | null;
  finished_at: Date | null;
  cancel_requested: Generated<boolean>;
  /** How often a worker died while drawing it. */
  losses: Generated<number>;
  error: Json<{ readonly code: string; readonly message: string }> | null;
  /** What a script makes of the recipe. */
  plan: Json<Plan> | null;
  /** What went wrong with some of a plan's variants, by their indices, while the others were drawn. */
  part_errors: Json<Readonly<Record<string, { readonly code: string; readonly message: string }>>> | null;
};

export type PictureTable = {
  id: string;
  generation_id: string;
  index: number;
  /** SHA-256 of the PNG. */
  media: Bytes;
  width: number;
  height: number;
  seed: number;
  prompt: string;
  negative_prompt: string;
  model: string;
  infotext: string;
  is_sheet: Generated<boolean>;
  /** SHA-256 of what its mask returned. */
  mask: Bytes | null;
  composite: Bytes | null;
  created_at: Time;
};

/** What is known about a file of a model, as long as its size and time stay the same. */
export type ModelFileTable = {
  path: string;
  bytes: number;
  modified: number;
  sha256: string;
};

/** Pictures that were sent to start from; gone after a day unless a generation starts from them. */
export type UploadTable = {
  id: string;
  /** SHA-256 of the PNG. */
  media: Bytes;
  width: number;
  height: number;
  created_at: Time;
};

/** The pictures that a generation starts from. */
export type GenerationInputTable = {
  generation_id: string;
  media: Bytes;
  width: number;
  height: number;
};

/** Pieces of the pictures of a generation that has not ended. */
export type TileTable = {
  generation_id: string;
  index: number;
  media: Bytes;
};

/** Work that draws nothing; its numbers are from the same sequence as those of generations. */
export type TaskTable = {
  id: string;
  number: number;
  kind: TaskKind;
  state: GenerationState;
  request: Json<TaskRequest>;
  result: Json<TaskResult> | null;
  created_at: Time;
  started_at: Date | null;
  finished_at: Date | null;
  cancel_requested: Generated<boolean>;
  losses: Generated<number>;
  error: Json<{ readonly code: string; readonly message: string }> | null;
};

/** The pictures that a task takes and those that it gives. */
export type TaskPictureTable = {
  task_id: string;
  is_result: boolean;
  index: number;
  media: Bytes;
  width: number;
  height: number;
  infotext: string | null;
};

/** JSON objects by name: what protocols remember. */
export type SettingsTable = {
  name: string;
  value: Json<Readonly<Record<string, unknown>>>;
};

export type Schema = {
  generations: GenerationTable;
  pictures: PictureTable;
  model_files: ModelFileTable;
  uploads: UploadTable;
  generation_inputs: GenerationInputTable;
  tiles: TileTable;
  settings: SettingsTable;
  tasks: TaskTable;
  task_pictures: TaskPictureTable;
};

export type GenerationRow = Selectable<GenerationTable>;
export type TaskRow = Selectable<TaskTable>;
export type PictureRow = Selectable<PictureTable>;
export type NewPicture = Insertable<PictureTable>;
