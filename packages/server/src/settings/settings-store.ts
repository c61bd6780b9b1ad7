/** Small settings that survive restarts: JSON objects by name. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export type SettingsStore = {
  /** Empty where nothing was ever written. */
  read(name: string): Promise<JsonObject>;
  /**
   * Sets the keys of `change` and keeps the others; changes of different keys at the same time are all kept.
   * @param change No text in it may contain NUL, which PostgreSQL does not store.
   */
  merge(name: string, change: JsonObject): Promise<void>;
};

export function createSettingsStore(db: Db): SettingsStore {
  return {
    read: async (name) => {
      const row = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
      return row?.value ?? {};
    },
    merge: async (name, change) => {
      const value = JSON.stringify(change, wellFormed);
      await sql`
        insert into settings (name, value) values (${name}, ${value}::jsonb)
        on conflict (name) do update set value = settings.value || excluded.value`.execute(db);
    },
  };
}

/** PostgreSQL refuses half characters (lone surrogates), also in keys; they become U+FFFD. */
function wellFormed(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), inner]));
}
