/** Who calls: what one client starts, another does not stop. */
import { createHash } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/**
 * The user name of HTTP Basic where one is given, else the address. Programs on one machine without credentials are
 * therefore one client, as all of A1111's are.
 */
export function clientOf(c: Context): string {
  const authorization = c.req.header('authorization') ?? '';
  if (authorization.length > 'Basic '.length) return createHash('sha256').update(authorization).digest('hex');
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  return incoming?.socket?.remoteAddress ?? 'unknown';
}
