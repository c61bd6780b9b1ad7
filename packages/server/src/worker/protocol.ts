/** What the server and its worker process say to each other; everything about jobs goes through the database. */
import type { Connection } from '../db/connect.ts';
import type { LogOptions } from '../log/logger.ts';

/** The worker's part of the configuration. */
export type WorkerConfig = {
  readonly version: string;
  readonly connection: Connection;
  readonly mediaFolder: string;
  /** For what need not outlive the worker; emptied when one starts. */
  readonly scratchFolder: string;
  /** Where the mode `int8` keeps quantised weights. */
  readonly int8Folder: string;
  /** Where upscalers lie, and other files that belong to no model. */
  readonly modelFolders: readonly string[];
  /** Bytes of models that may stay loaded. */
  readonly modelMemory: number;
  readonly mode: 'default' | 'fast' | 'int8';
  readonly threads?: number;
  readonly device: string;
  /** 0 never unloads. */
  readonly idleUnloadMinutes: number;
  /** A module that exports `engine`; tests bring their own. */
  readonly engineModule: string;
  readonly log: Omit<LogOptions, 'write'>;
};

export type ToWorker =
  | { readonly type: 'start'; readonly config: WorkerConfig }
  /** Puts the running job back and ends. */
  | { readonly type: 'stop' }
  /** Ends when nothing is left to do, if it has done anything: the memory of its models goes with it. */
  | { readonly type: 'unload' };

export type FromWorker = { readonly type: 'ready' };
