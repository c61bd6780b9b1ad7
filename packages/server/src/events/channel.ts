/** What processes tell one another through the database (LISTEN/NOTIFY). */
import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Progress } from '@bottega/contract';
import { type Connection, createClient } from '../db/connect.ts';
import type { Schema } from '../db/schema.ts';

/** To the server. Rows are read anew by id, so that a message never shows what was not committed. */
export type Message = DrawingMessage | TaskMessage;

export type TaskMessage =
  | { readonly type: 'task'; readonly id: string }
  | { readonly type: 'task-deleted'; readonly id: string }
  | { readonly type: 'task-progress'; readonly id: string; readonly fraction: number };

export type DrawingMessage =
  | { readonly type: 'generation'; readonly id: string }
  | { readonly type: 'generation-deleted'; readonly id: string }
  | { readonly type: 'picture-deleted'; readonly id: string }
  | {
      readonly type: 'progress';
      readonly id: string;
      readonly progress: Progress;
      readonly preview?: string;
    };

/** To workers. */
export type Order =
  | { readonly type: 'job' }
  | { readonly type: 'cancel'; readonly id: string }
  /** On to the next of its drawings. */
  | { readonly type: 'skip'; readonly id: string };

type Channels = { readonly bottega_events: Message; readonly bottega_work: Order };

/** PostgreSQL takes payloads below 8000 bytes. */
export const payloadLimit = 7999;

/** Tells those who listen; within a transaction, when and if it commits. */
export async function notify<Name extends keyof Channels>(
  db: Kysely<Schema>,
  channel: Name,
  message: Channels[Name],
): Promise<void> {
  await sql`select pg_notify(${channel}, ${JSON.stringify(message)})`.execute(db);
}

/** Tells the server and the workers at once. */
export async function notifyBoth(db: Kysely<Schema>, message: Message, order: Order): Promise<void> {
  const [events, work] = ['bottega_events', 'bottega_work'] satisfies (keyof Channels)[];
  await sql`select pg_notify(${events}, ${JSON.stringify(message)}), pg_notify(${work}, ${JSON.stringify(order)})`.execute(
    db,
  );
}

export type Listening = { close(): Promise<void> };

/**
 * Hears one channel until closed; reconnects by itself.
 * @param onGap Called when messages may have been missed: after every reconnection.
 */
export async function listen<Name extends keyof Channels>(
  connection: Connection,
  name: string,
  channel: Name,
  onMessage: (message: Channels[Name]) => void,
  onGap: () => void,
): Promise<Listening> {
  const closing = new AbortController();
  let client = await open();

  async function open() {
    const next = createClient(connection, name);
    next.on('error', () => {});
    next.on('notification', ({ payload }) => onMessage(JSON.parse(payload ?? '{}') as Channels[Name]));
    await next.connect();
    next.on('end', () => void reopen());
    await next.query(`listen ${channel}`);
    return next;
  }

  async function reopen() {
    while (!closing.signal.aborted) {
      await delay(200, undefined, { ref: false });
      try {
        client = await open();
        onGap();
        return;
      } catch {
        // The database is away; the next round tries again.
      }
    }
  }

  return {
    close: async () => {
      closing.abort();
      await client.end();
    },
  };
}
