/** The studio's whole state as the server tells it: at the first visit, and whenever events were missed. */
import type { Generation, Queue, Status } from '@bottega/contract';
import type { Client } from '@bottega/contract/client';

export type Snapshot = {
  readonly queue: Queue;
  /** The newest that ended; asked for by state, since a long queue would fill a common list. */
  readonly recent: readonly Generation[];
  readonly status: Status;
};

const recentCounts = { done: 24, cancelled: 6, failed: 6 } as const;

export async function fetchSnapshot(client: Client): Promise<Snapshot> {
  const [queue, status, ...pages] = await Promise.all([
    client.getQueue(),
    client.status(),
    ...Object.entries(recentCounts).map(([state, limit]) => client.listGenerations({ state, limit })),
  ]);
  return { queue, status, recent: pages.flatMap(({ generations }) => generations) };
}
