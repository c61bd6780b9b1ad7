/** What stands on the easel: the picture a person picked, else what is being drawn, else the newest. */
import type { Generation } from '@bottega/contract';
import { picturesOf, runningOf, type Board, type Shown } from './board.ts';

export type Easel =
  | { readonly kind: 'empty' }
  | { readonly kind: 'live'; readonly generation: Generation }
  | { readonly kind: 'picture'; readonly shown: Shown };

/** @param picked Id of the picture that the person picked, if any. */
export function easelOf(board: Board, picked: string | undefined): Easel {
  const pictures = picturesOf(board);
  const choice = pictures.find(({ picture }) => picture.id === picked);
  if (choice !== undefined) return { kind: 'picture', shown: choice };
  const running = runningOf(board);
  if (running !== undefined) return { kind: 'live', generation: running };
  return pictures.length === 0 ? { kind: 'empty' } : { kind: 'picture', shown: pictures[0] };
}

/** The picture to pick when `id` goes: the one after it, else the one before. */
export function pickedAfterRemoval(board: Board, id: string): string | undefined {
  const ids = picturesOf(board).map(({ picture }) => picture.id);
  const at = ids.indexOf(id);
  return ids[at + 1] ?? ids[at - 1];
}
