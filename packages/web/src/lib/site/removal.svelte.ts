/** Deleting pictures, with eight seconds to think again. Used only in the browser. */
import { createClient } from '@bottega/contract/client';
import { SvelteSet } from 'svelte/reactivity';
import type { Messages } from '../language/messages.ts';
import { announce } from './announcer.svelte.ts';
import { createDelayedAction } from './delayed-action.ts';
import { hideToast, showToast } from './toast.svelte.ts';

/** Ids of pictures that are deleted or about to be: no list shows them. */
export const removed = new SvelteSet<string>();

// A deletion that the closing page sends must outlive it.
const client = createClient('', (input, init) => fetch(input, { ...init, keepalive: true }));

const delayed = createDelayedAction((run, milliseconds) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
}, 8_000);

/** Hides the picture at once and deletes it soon; a notice offers to take it back. */
export function removePicture(id: string, t: Messages): void {
  async function remove(): Promise<void> {
    hideToast();
    try {
      await client.deletePicture(id);
    } catch {
      removed.delete(id);
      showToast({ text: t.easel.deleteFailed });
      announce(t.easel.deleteFailed);
    }
  }
  delayed.start(() => void remove());
  removed.add(id);
  announce(t.easel.deleted);
  showToast({
    text: t.easel.deleted,
    hold: delayed.hold,
    undo: () => {
      delayed.undo();
      removed.delete(id);
      hideToast();
      announce(t.easel.restored);
    },
  });
}

/** Deletes for good what still waits; called when the page closes. */
export function settleRemoval(): void {
  delayed.commit();
}
