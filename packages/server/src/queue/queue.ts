/** Jobs in PostgreSQL (pg-boss): one job for one generation, with the same id. */
import { fromKysely, PgBoss } from 'pg-boss';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { schemaName } from '../db/connect.ts';
import type { Schema } from '../db/schema.ts';
import type { Logger } from '../log/logger.ts';

const name = 'draw';
const day = 86_400;

/** What is to be done: pictures drawn, or anything else. */
export type JobKind = 'generation' | 'task';
export type Job = { readonly id: string; readonly kind: JobKind };

/** Everything that can happen to a job; each takes the caller's transaction. */
export type Queue = {
  add(trx: Kysely<Schema>, job: Job, number: number): Promise<void>;
  /** Takes jobs out, waiting or running. */
  drop(trx: Kysely<Schema>, ids: readonly string[]): Promise<void>;
  /** Puts running jobs back to their old places; with a delay, where it makes no sense to try at once. */
  putBack(trx: Kysely<Schema>, ids: readonly string[], delaySeconds?: number): Promise<void>;
  /** Takes the next job, if one waits. */
  take(): Promise<Job | undefined>;
  finish(trx: Kysely<Schema>, id: string): Promise<void>;
  /** Ids of the jobs that wait or run. */
  open(): Promise<ReadonlySet<string>>;
  stop(): Promise<void>;
};

/**
 * @param role The server keeps the queue in order; a worker only takes jobs.
 */
export async function openQueue(pool: pg.Pool, role: 'server' | 'worker', log: Logger): Promise<Queue> {
  const isServer = role === 'server';
  const boss = new PgBoss({
    // Several statements at once give several results, which Kysely would hide.
    db: { executeSql: (text, values) => pool.query(text, values) },
    schema: `${schemaName}_queue`,
    supervise: isServer,
    schedule: false,
    migrate: isServer,
    createSchema: isServer,
    registerInstance: false,
  });
  boss.on('error', (error) => log.warn('the queue reports an error', { error }));
  await boss.start();
  if (isServer) await boss.createQueue(name, options);

  return {
    add: async (trx, { id, kind }, number) => {
      // Strictly first come, first served: pg-boss by itself orders by the time of the transaction's start.
      await boss.send(name, { kind }, { id, priority: -number, ...on(trx) });
    },
    drop: async (trx, ids) => {
      if (ids.length > 0) await boss.cancel(name, [...ids], on(trx));
    },
    putBack: async (trx, ids, delaySeconds = 0) => {
      if (ids.length === 0) return;
      await boss.fail(name, [...ids], undefined, on(trx));
      if (delaySeconds === 0) return;
      for (const id of ids) await boss.update(name, undefined, { id, startAfter: delaySeconds, ...on(trx) });
    },
    take: async () => {
      const [job] = await boss.fetch<Pick<Job, 'kind'>>(name, { batchSize: 1 });
      return job && { id: job.id, kind: job.data.kind };
    },
    finish: async (trx, id) => void (await boss.complete(name, id, undefined, on(trx))),
    open: async () => new Set((await boss.findJobs(name, { limit: 100_000 })).flatMap(openId)),
    stop: () => boss.stop({ close: false, graceful: false }),
  };
}

/** Within a transaction of ours. */
function on(trx: Kysely<Schema>) {
  return { db: fromKysely(trx) };
}

/**
 * How often a drawing may be tried again is the generation's affair (`losses`): a server that is stopped a hundred
 * times costs a job nothing. pg-boss' own limits are therefore as far away as it lets them be.
 */
const options = {
  retryLimit: 1_000_000,
  expireInSeconds: day - 1,
  retentionSeconds: 364 * day,
  deleteAfterSeconds: 60,
} as const;

function openId({ id, state }: { readonly id: string; readonly state: string }): string[] {
  return ['created', 'retry', 'active'].includes(state) ? [id] : [];
}
