/** The studio's state: what is drawn, what waits, what stands on the easel. */
import type { Generation, ServerEvent } from '@bottega/contract';
import type { Client } from '@bottega/contract/client';
import type { ConnectionState } from '../events/connection.ts';
import { textOfError, textOfFailure } from '../language/error-text.ts';
import type { Language } from '../language/language.ts';
import { announce } from '../site/announcer.svelte.ts';
import { removed, removePicture } from '../site/removal.svelte.ts';
import { showToast } from '../site/toast.svelte.ts';
import { progressAnnouncement, type Announced } from './announcements.ts';
import { applyEvent, boardOf, withoutPictures, type Board } from './board.ts';
import { easelOf, pickedAfterRemoval } from './easel.ts';
import { fetchSnapshot, type Snapshot } from './snapshot.ts';

export type Studio = ReturnType<typeof createStudio>;
/** A stream may be dead without anybody saying so: after this silence the state is fetched. */
const silence = 20_000;
const look = 4_000;

export function createStudio(client: Client, { t, format }: Language, start: Snapshot) {
  let board = $state.raw<Board>(boardOf(start.queue, start.recent));
  let picked = $state<string>();
  let connection = $state<ConnectionState>('connecting');
  let worker = $state(start.status.worker);
  let progressAt = $state(0);
  let cancelling = $state.raw<ReadonlySet<string>>(new Set());
  /** Events that arrive while the state is being fetched wait here. */
  let waiting: ServerEvent[] | undefined;
  let announced: Announced | undefined;
  let heardAt = 0;

  const shown = $derived(withoutPictures(board, removed));
  const easel = $derived(easelOf(shown, picked));

  function speak(event: ServerEvent): void {
    if (event.type === 'progress') {
      const next = progressAnnouncement(announced, event.id, event.progress.fraction, Date.now());
      if (next !== undefined) announce(t.easel.percent(format.percent(next.quarter / 4)));
      announced = next ?? announced;
    }
    if (event.type !== 'generation') return;
    const { generation } = event;
    const before = board.generations.find(({ id }) => id === generation.id)?.state;
    if (before === generation.state) return;
    if (generation.state === 'running') announce(t.easel.started(generation.recipe.prompt.slice(0, 120)));
    if (generation.state === 'done') {
      announce(t.easel.finished(generation.pictures.length, format.number(generation.pictures.length)));
    }
    if (generation.state === 'failed' && generation.error) announce(textOfError(t, generation.error));
    if (generation.state === 'cancelled') announce(t.easel.cancelled);
  }

  function receive(event: ServerEvent): void {
    heardAt = Date.now();
    if (event.type === 'hello') {
      void resync();
      return;
    }
    if (waiting !== undefined) {
      waiting.push(event);
      return;
    }
    speak(event);
    if (event.type === 'progress') {
      progressAt = Date.now();
      worker = 'busy';
    }
    board = applyEvent(board, event);
  }

  /** Fetches the state anew; events that came meanwhile are applied after it. */
  async function resync(): Promise<void> {
    if (waiting !== undefined) return;
    waiting = [];
    try {
      const { queue, recent, status } = await fetchSnapshot(client);
      board = boardOf(queue, recent);
      worker = status.worker;
      heardAt = Date.now();
      progressAt = heardAt;
    } catch {
      // The stream's own reconnection says `hello` again.
    } finally {
      const missed = waiting ?? [];
      waiting = undefined;
      for (const event of missed) receive(event);
    }
  }

  function tellFailure(error: unknown): void {
    const text = textOfFailure(t, error);
    showToast({ text });
    announce(text);
  }

  return {
    get board() {
      return shown;
    },
    get easel() {
      return easel;
    },
    get connection() {
      return connection;
    },
    get worker() {
      return worker;
    },
    /** When the last progress was reported, milliseconds. */
    get progressAt() {
      return progressAt;
    },
    receive,
    resync,
    /** Looks after what no event tells: a stream that fell silent, a worker that comes up. @returns Its end. */
    keepFresh(): () => void {
      const timer = setInterval(() => {
        const busy = board.generations.some(({ state }) => state === 'running' || state === 'queued');
        const silent = busy && Date.now() - heardAt > silence;
        if (silent || worker === 'starting' || worker === 'lost') void resync();
      }, look);
      return () => clearInterval(timer);
    },
    setConnection(state: ConnectionState): void {
      if (state === 'lost' && connection === 'open') announce(t.connection.lost);
      if (state === 'open' && connection === 'lost') announce(t.connection.back);
      connection = state;
    },
    /** A generation that was just accepted: on the board before its event comes, and on the easel when it starts. */
    accept(generation: Generation): void {
      board = applyEvent(board, { type: 'generation', generation });
      picked = undefined;
      if (generation.position !== undefined) announce(t.queue.queued(format.number(generation.position)));
    },
    pick(id: string | undefined): void {
      picked = id;
    },
    isCancelling: (id: string): boolean => cancelling.has(id),
    async cancel(id: string): Promise<void> {
      cancelling = new Set([...cancelling, id]);
      try {
        receive({ type: 'generation', generation: await client.cancelGeneration(id) });
      } catch (error) {
        cancelling = new Set([...cancelling].filter((each) => each !== id));
        tellFailure(error);
      }
    },
    remove(id: string): void {
      picked = pickedAfterRemoval(shown, id);
      removePicture(id, t);
    },
    /** Takes a failed generation off the board. */
    async dismiss(id: string): Promise<void> {
      try {
        await client.deleteGeneration(id);
        board = applyEvent(board, { type: 'generation-deleted', id });
      } catch (error) {
        tellFailure(error);
      }
    },
  };
}
