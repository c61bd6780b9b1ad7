/** The machine, the program, and what cannot be done here. */
import { sdapi } from '@bottega/contract';
import { type Context, Hono } from 'hono';
import type { Options } from '../options/options.ts';
import { readQuery } from '../request.ts';
import type { SdapiServices } from '../services.ts';
import type { SdapiSetup } from '../setup.ts';
import { readMemory } from './memory.ts';
import { quicksettings, startupProfile, sysinfo } from './sysinfo.ts';

export function systemRoutes(
  { version, unloadModels }: Pick<SdapiServices, 'version' | 'unloadModels'>,
  { flags, stop }: SdapiSetup,
  options: Pick<Options, 'all'>,
): Hono {
  const startup = startupProfile();
  const report = async (c: Context, isFile: boolean): Promise<Response> => {
    const text = JSON.stringify(sysinfo(version, startup, await options.all()), null, 4);
    if (isFile) c.header('content-disposition', `attachment; filename="sysinfo-${minute()}.json"`);
    return c.text(text);
  };
  const routes = new Hono()
    .get('/sdapi/v1/memory', (c) => c.json(readMemory()))
    .get('/sdapi/v1/cmd-flags', (c) =>
      c.json({ api: true, version, api_server_stop: stop !== undefined, ...flags }),
    )
    .get('/internal/quicksettings-hint', (c) => c.json(quicksettings))
    .get('/internal/profile-startup', (c) => c.json(startup))
    .get('/internal/sysinfo', (c) => report(c, readQuery(c, sdapi.sysinfoQuerySchema).attachment))
    .get('/internal/sysinfo-download', (c) => report(c, true))
    .post('/sdapi/v1/unload-checkpoint', (c) => {
      unloadModels();
      return c.json({});
    })
    // The next job loads what it needs by itself, in well under a second.
    .post('/sdapi/v1/reload-checkpoint', (c) => c.json({}));
  for (const [path, what] of training) {
    routes.post(`/sdapi/v1/${path}`, (c) => c.json({ info: `${what} error: training is not installed` }));
  }
  if (stop === undefined) return routes;
  const later = (): void => void setImmediate(stop);
  return (
    routes
      .post('/sdapi/v1/server-stop', (c) => {
        later();
        return c.text('Stopping.');
      })
      .post('/sdapi/v1/server-kill', (c) => {
        later();
        return c.json(null);
      })
      // Whoever supervises the program starts it again; the program itself cannot.
      .post('/sdapi/v1/server-restart', (c) => c.body(null, 501))
  );
}

/** 2026-11-22-19-05 */
function minute(): string {
  return new Date().toISOString().slice(0, 16).replace(/[T:]/g, '-');
}

/** A1111 answers 200 and says in words what went wrong. */
const training = [
  ['create/embedding', 'create embedding'],
  ['create/hypernetwork', 'create hypernetwork'],
  ['train/embedding', 'train embedding'],
  ['train/hypernetwork', 'train embedding'],
] as const;
