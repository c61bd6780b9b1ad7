/** What the server is doing, in numbers. */
import type { Status } from '@bottega/contract';
import { sql } from 'kysely';
import type { Db } from './db/connect.ts';
import type { Gallery } from './gallery/gallery.ts';
import type { Supervisor } from './worker/supervisor.ts';

export function createStatus(
  db: Db,
  gallery: Gallery,
  worker: Supervisor,
  version: string,
): () => Promise<Status> {
  return async () => {
    const [open, pictures] = await Promise.all([
      db
        .selectFrom('generations')
        .select(['state', sql<number>`count(*)`.as('count')])
        .where('state', 'in', ['queued', 'running'])
        .groupBy('state')
        .execute(),
      gallery.count(),
    ]);
    const countOf = (state: string) => open.find((row) => row.state === state)?.count ?? 0;
    const running = countOf('running');
    const state = worker.state();
    return {
      version,
      worker: state === 'ready' && running > 0 ? 'busy' : state,
      queued: countOf('queued'),
      running,
      pictures,
    };
  };
}
