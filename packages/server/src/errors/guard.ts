/** Keeps web pages of strangers from using a server that only this machine can reach. */
import { AppError } from '@bottega/contract';
import type { MiddlewareHandler } from 'hono';

const own: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const harmless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a foreign `Host` (a name that an attacker points at 127.0.0.1: DNS rebinding), and for everything that
 * changes state a foreign `Origin`. Programs send no `Origin` and pass; allowed origins get CORS headers.
 * @throws AppError `request.foreign-origin`.
 */
export function guard(allowedOrigins: readonly string[]): MiddlewareHandler {
  const allowedHosts = new Set(allowedOrigins.map((origin) => new URL(origin).host));
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    if (!own.has(hostName(host)) && !allowedHosts.has(host))
      throw new AppError('request.foreign-origin', { origin: host });
    const origin = c.req.header('origin');
    const isAllowed = origin !== undefined && allowedOrigins.includes(origin);
    const isForeign = origin !== undefined && !isAllowed && !isSameOrigin(origin, host);
    if (isForeign && !harmless.has(c.req.method)) throw new AppError('request.foreign-origin', { origin });
    if (isAllowed) {
      c.header('access-control-allow-origin', origin);
      c.header('vary', 'origin');
      if (c.req.method === 'OPTIONS') {
        c.header('access-control-allow-methods', 'GET, POST, DELETE');
        c.header('access-control-allow-headers', 'content-type, authorization, last-event-id');
        return c.body(null, 204);
      }
    }
    c.header('x-content-type-options', 'nosniff');
    return next();
  };
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

/** Behind a tunnel the port may be another one, but then host and origin still agree. */
function isSameOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}
