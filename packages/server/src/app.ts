/** The HTTP edge: guards, the native API, the protocol faces, and the page behind all of them. */
import { AppError } from '@bottega/contract';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { adapterRoutes } from './adapters/routes.ts';
import { docsRoutes } from './docs/routes.ts';
import { guard } from './errors/guard.ts';
import { tellError } from './errors/respond.ts';
import { eventRoutes } from './events/routes.ts';
import { galleryRoutes } from './gallery/routes.ts';
import { mediaRoutes, uploadRoutes } from './media/routes.ts';
import { modelRoutes } from './models/routes.ts';
import { sdapiFace } from './protocols/sdapi/face.ts';
import { sdapiSetup } from './protocols/sdapi/setup.ts';
import type { Services } from './services.ts';
import { taskRoutes } from './tasks/routes.ts';
import { studioRoutes } from './studio/routes.ts';

/** The program as a fetch-standard handler; addresses it does not know are left to `page`. */
export function createApp(services: Services, page?: (app: Hono) => void): Hono {
  const { config, log, version } = services;
  const app = new Hono();
  app.onError((error, c) => {
    const { status, body } = tellError(error, log);
    return c.json(body, status as ContentfulStatusCode);
  });
  app.use(guard(config.allowedOrigins));
  app.get('/api/v1/status', async (c) => c.json(await services.status()));
  app.route('/', studioRoutes(services.studio));
  app.route('/', galleryRoutes(services.gallery, services.models, services.vaes));
  app.route('/', modelRoutes(services.models, services.vaes, services.choices));
  app.route('/', adapterRoutes(services.adapters));
  app.route('/', mediaRoutes(services.media, services.thumbnails));
  app.route('/', uploadRoutes(services.uploads));
  app.route('/', taskRoutes(services, config.modelFolders[0]));
  app.route('/', eventRoutes(services.events, { version }));
  app.route('/', docsRoutes(version));
  app.route('/', sdapiFace(services, sdapiSetup(config)));
  app.all('/api/*', (c) => {
    throw new AppError('route.unknown', { path: c.req.path });
  });
  page?.(app);
  app.notFound((c) => {
    const { status, body } = tellError(new AppError('route.unknown', { path: c.req.path }), log);
    return c.json(body, status as ContentfulStatusCode);
  });
  return app;
}
