/** HTTP Basic, as A1111 asks for it with `--api-auth`. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/** @param credentials User names to passwords. */
export function requirePassword(credentials: ReadonlyMap<string, string>): MiddlewareHandler {
  return async (c, next) => {
    const given = /^Basic\s+(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (given === undefined) return refuse('Not authenticated');
    const text = Buffer.from(given, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    const password = credentials.get(text.slice(0, Math.max(0, colon)));
    // An unknown user takes as long as a wrong password.
    const isRight = equals(text.slice(colon + 1), password ?? '') && password !== undefined && colon >= 0;
    return isRight ? next() : refuse('Incorrect username or password');
  };
}

function refuse(detail: string): Response {
  const body = { error: 'HTTPException', detail, body: '', errors: '' };
  return Response.json(body, { status: 401, headers: { 'www-authenticate': 'Basic' } });
}

function equals(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
