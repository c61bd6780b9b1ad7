import type { Hypernetwork } from './read-hypernetwork.ts';

/** A hypernetwork in use: `<hypernet:NAME:STRENGTH>`. */
export type HyperUse = {
  readonly network: Hypernetwork;
  /** Tells its file, as it is now, from all others. */
  readonly id: string;
  readonly strength: number;
};
