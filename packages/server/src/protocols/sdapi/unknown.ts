/** Requests that nothing answers, refused as FastAPI refuses them. */
import { sdapi } from '@bottega/contract';
import type { Context } from 'hono';

/** Methods by path. */
const known = new Map<string, readonly string[]>();
for (const { path, method } of Object.values(sdapi.sdapiRoutes)) {
  known.set(path, [...(known.get(path) ?? []), method.toUpperCase()]);
}

/** A wrong method is told which would do, an address with a slash too many where to go; all else is not there. */
export function unknown(c: Context): Response {
  const { path, method } = c.req;
  const methods = known.get(path);
  if (methods !== undefined && !methods.includes(method)) {
    c.header('allow', methods.join(', '));
    return c.json({ detail: 'Method Not Allowed' }, 405);
  }
  const shorter = path.replace(/\/$/, '');
  if (shorter !== path && known.has(shorter)) {
    return c.redirect(shorter + new URL(c.req.url).search, 307);
  }
  return c.json({ detail: 'Not Found' }, 404);
}
