/** A connection whose statements are parsed and planned by PostgreSQL only the first time. */
import { Client, type QueryConfig } from 'pg';

/** Statements are few, but for lists of any length; those beyond this are planned each time. */
const mostStatements = 200;

/** By text, for all connections of the process: each connection tells PostgreSQL the names that it uses. */
const names = new Map<string, string>();

/**
 * A job costs dozens of small statements, each known from the job before: planned anew, they take longer than run.
 * Statements without parameters stay as they are; those may be several in one text.
 */
export class PreparingClient extends Client {
  // pg has seven signatures for it; what is not a text with values goes through untouched.
  override query(...given: unknown[]): never {
    const run = super.query.bind(this) as unknown as (...args: unknown[]) => never;
    const [text, values, ...rest] = given;
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) return run(...given);
    const name = nameOf(text);
    return name === undefined ? run(...given) : run({ name, text, values } satisfies QueryConfig, ...rest);
  }
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostStatements) return known;
  const name = `bottega_${names.size}`;
  names.set(text, name);
  return name;
}
