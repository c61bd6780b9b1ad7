/** How far the running generations are: in memory only, since the next step tells it anew. */
import type { Progress } from '@bottega/contract';

export type Live = { readonly progress: Progress; readonly preview?: string };

export type ProgressBoard = {
  set(id: string, live: Live): void;
  get(id: string): Live | undefined;
  clear(id: string): void;
};

export function createProgressBoard(): ProgressBoard {
  const boards = new Map<string, Live>();
  return {
    set: (id, live) => {
      // Not every step brings a preview; the last one stays.
      boards.set(id, { preview: boards.get(id)?.preview, ...live });
    },
    get: (id) => boards.get(id),
    clear: (id) => void boards.delete(id),
  };
}
