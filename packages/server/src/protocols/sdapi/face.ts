/**
 * A1111's HTTP API (1.10) over this program's services: `/sdapi/v1`, `/internal` as far as clients use it, and the
 * ControlNet extension's `/controlnet`.
 */
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { requirePassword } from './authentication.ts';
import { tellSdapiError } from './errors.ts';
import { controlNetRoutes } from './control-net/routes.ts';
import { generateRoutes } from './generate/routes.ts';
import { listRoutes } from './lists/routes.ts';
import { createOptions } from './options/options.ts';
import { optionRoutes } from './options/routes.ts';
import { pictureRoutes } from './pictures/routes.ts';
import { progressRoutes } from './progress/routes.ts';
import { scriptRoutes } from './scripts/routes.ts';
import type { SdapiServices } from './services.ts';
import type { SdapiSetup } from './setup.ts';
import { systemRoutes } from './system/routes.ts';
import { unknown } from './unknown.ts';
import { createTasks } from './tasks.ts';

/** Addresses: what lies under them is this face's alone. */
const addresses = ['/sdapi/*', '/internal/*', '/controlnet/*'];

export function sdapiFace(services: SdapiServices, setup: SdapiSetup = {}): Hono {
  const { credentials = new Map<string, string>() } = setup;
  const options = createOptions(services);
  const tasks = createTasks();
  const face = new Hono();
  face.onError((error, c) => {
    const { status, body } = tellSdapiError(error, services.log);
    return c.json(body, status as ContentfulStatusCode);
  });
  for (const address of addresses) {
    face.use(address, async (c, next) => {
      const start = performance.now();
      await next();
      c.header('x-process-time', ((performance.now() - start) / 1000).toFixed(4));
    });
    if (credentials.size > 0) face.use(address, requirePassword(credentials));
  }
  face.route('/', generateRoutes(services, setup, options, tasks));
  face.route('/', progressRoutes(services, setup, tasks));
  face.route('/', optionRoutes(options));
  face.route('/', listRoutes(services, setup, options));
  face.route('/', controlNetRoutes(services, options));
  face.route('/', scriptRoutes(services, setup));
  face.route('/', pictureRoutes(services, options, tasks));
  face.route('/', systemRoutes(services, setup, options));
  for (const address of addresses) face.all(address, unknown);
  return face;
}
