/** Turns what other processes report into events, with the rows read anew. */
import type { DrawingMessage } from '../events/channel.ts';
import type { EventHub } from '../events/hub.ts';
import type { Logger } from '../log/logger.ts';
import type { GenerationReader } from './generation-reader.ts';
import type { ProgressBoard } from './progress.ts';

export type Relay = { hear(message: DrawingMessage): void; stop(): void };

/** Positions change with every job that comes or goes; once in this time is often enough. */
const positionsEveryMs = 100;

/** However many generations change while one reading runs, the next reading takes them all. */
export function createRelay(
  reader: GenerationReader,
  board: ProgressBoard,
  hub: EventHub,
  log: Logger,
): Relay {
  const changed = new Set<string>();
  let reading = false;
  let positionsTimer: NodeJS.Timeout | undefined;

  async function readChanged(): Promise<void> {
    if (reading) return;
    reading = true;
    try {
      while (changed.size > 0) {
        const ids = [...changed];
        changed.clear();
        for (const generation of await reader.byIds(ids)) {
          if (generation.state !== 'running') board.clear(generation.id);
          hub.publish({ type: 'generation', generation });
        }
      }
    } catch (error) {
      log.warn('events could not be read', { error });
    } finally {
      reading = false;
    }
  }

  async function tellPositions(): Promise<void> {
    positionsTimer = undefined;
    try {
      hub.publish({ type: 'queue', positions: await reader.positions() });
    } catch (error) {
      log.warn('positions could not be read', { error });
    }
  }

  return {
    hear: (message) => {
      if (message.type === 'progress') {
        const { id, progress, preview } = message;
        board.set(id, { progress, ...(preview !== undefined && { preview }) });
        hub.publish(message);
        return;
      }
      if (message.type === 'generation') {
        changed.add(message.id);
        void readChanged();
      } else {
        if (message.type === 'generation-deleted') board.clear(message.id);
        hub.publish(message);
      }
      if (message.type !== 'picture-deleted')
        positionsTimer ??= setTimeout(() => void tellPositions(), positionsEveryMs);
    },
    stop: () => clearTimeout(positionsTimer),
  };
}
