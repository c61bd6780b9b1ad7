/** The page (packages/web), built when its sources are newer, and mounted behind the API. */
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Hono } from 'hono';
import type { Logger } from '../log/logger.ts';

export type Page = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

const web = join(import.meta.dirname, '../../../web');

/** SvelteKit's handler for Node; `undefined` where the page is neither built nor can be. */
export async function loadPage(log: Logger): Promise<Page | undefined> {
  const build = join(web, 'build.ts');
  if (existsSync(build)) {
    const { buildIfStale } = (await import(pathToFileURL(build).href)) as {
      buildIfStale: () => Promise<unknown>;
    };
    await buildIfStale();
  }
  const path = join(web, 'build/handler.js');
  if (!existsSync(path)) {
    log.warn('the page is not built; only the API answers');
    return undefined;
  }
  const { handler } = (await import(pathToFileURL(path).href)) as { handler: Page };
  return handler;
}

/** Gives every address that nobody else has taken to the page. */
export function mountPage(app: Hono, page: Page): void {
  app.all('*', async (c, next) => {
    const { incoming, outgoing } = c.env as HttpBindings;
    outgoing.setHeader('x-content-type-options', 'nosniff');
    const { promise, resolve } = Promise.withResolvers<boolean>();
    outgoing.on('close', () => resolve(true));
    page(incoming, outgoing, () => resolve(false));
    return (await promise) ? RESPONSE_ALREADY_SENT : next();
  });
}
