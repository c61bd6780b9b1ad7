/** The walk of this tab; it survives a reload. Used only in the browser. */
import type { PicturePage } from '@bottega/contract';
import { keep, readKept } from '../site/kept.ts';
import { extendWalk, startWalk, walkFromText, walkToText, type Walk } from './walk.ts';

const key = 'bottega.walk.1';
let walk = $state.raw<Walk | undefined>();

function set(next: Walk): void {
  walk = next;
  keep('sessionStorage', key, walkToText(next));
}

export const currentWalk = {
  /** The walk, if `id` is on it. */
  through(id: string): Walk | undefined {
    return walk?.ids.includes(id) ? walk : undefined;
  },
  /** After a reload: what this tab kept. */
  recall(): void {
    walk ??= walkFromText(readKept('sessionStorage', key));
  },
  start: (search: string, page: PicturePage): void => set(startWalk(search, page)),
  extend(page: PicturePage): void {
    if (walk !== undefined) set(extendWalk(walk, page));
  },
};
