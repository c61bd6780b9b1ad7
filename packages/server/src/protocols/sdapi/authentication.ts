/** HTTP Basic, as A1111 asks for it with `--api-auth`. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/** @param credentials User names to passwords. */
export function requirePassword(credentials: ReadonlyMap<string, string>): MiddlewareHandler {
  return async (c, next) => {
    const given = credentialsIn(c.req.header('authorization'));
    if (given === undefined) return refuse('Not authenticated');
    const password = credentials.get(given.user ?? '');
    // An unknown user takes as long as a wrong password.
    const isRight = equals(given.password, password ?? '') && password !== undefined;
    return isRight && given.user !== undefined ? next() : refuse('Incorrect username or password');
  };
}

/** The name in an `Authorization` header whose password has been checked. */
export function userIn(authorization: string | undefined): string | undefined {
  return credentialsIn(authorization)?.user;
}

/** The password may contain colons; without any there is no user. */
function credentialsIn(header = ''): { readonly user?: string; readonly password: string } | undefined {
  const given = /^Basic\s+(.+)$/i.exec(header)?.[1];
  if (given === undefined) return undefined;
  const text = Buffer.from(given, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { ...(colon >= 0 && { user: text.slice(0, colon) }), password: text.slice(colon + 1) };
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
