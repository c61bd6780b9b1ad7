/** The scripts over HTTP. */
import type { sdapi } from '@bottega/contract';
import { samplers, schedulers } from '@bottega/diffusion';
import { Hono } from 'hono';
import { readStyles } from '../../../styles/styles.ts';
import type { SdapiServices } from '../services.ts';
import type { SdapiSetup } from '../setup.ts';
import { listUpscalers } from '../lists/upscalers.ts';
import { alwaysOn } from './always-on.ts';
import { selectable } from './registry.ts';
import type { Kind, Lists } from './selectable.ts';

const kinds: readonly Kind[] = ['txt2img', 'img2img'];

export function scriptRoutes(
  { models, vaes, upscalers }: Pick<SdapiServices, 'models' | 'vaes' | 'upscalers'>,
  { stylesFile }: SdapiSetup,
): Hono {
  const lists = async (): Promise<Lists> => ({
    models: models
      .list()
      .filter(({ problem }) => problem === undefined)
      .map(({ title }) => title),
    samplers: samplers.map(({ name }) => name),
    schedulers: schedulers.map(({ label }) => label),
    vaes: ['Automatic', 'None', ...(await vaes.list()).map(({ fileName }) => fileName)],
    upscalers: listUpscalers(await upscalers.list()).map(({ name }) => name),
    styles: (await readStyles(stylesFile)).map(({ name }) => name),
  });
  return new Hono()
    .get('/sdapi/v1/scripts', (c) => c.json({ txt2img: namesOn('txt2img'), img2img: namesOn('img2img') }))
    .get('/sdapi/v1/script-info', async (c) => {
      const known = await lists();
      return c.json(kinds.flatMap((kind) => describe(kind, known)));
    });
}

function namesOn(kind: Kind): string[] {
  return [...selectable, ...alwaysOn].filter(({ on }) => on.includes(kind)).map(({ name }) => name);
}

function describe(kind: Kind, lists: Lists): sdapi.ScriptInfoList {
  const offered = <Script extends { readonly on: readonly Kind[] }>(scripts: readonly Script[]) =>
    scripts.filter(({ on }) => on.includes(kind));
  return [
    ...offered(selectable).map((script) => ({
      name: script.name,
      is_alwayson: false,
      is_img2img: kind === 'img2img',
      args: script.describe(kind, lists).map(complete),
    })),
    ...offered(alwaysOn).map((script) => ({
      name: script.name,
      is_alwayson: true,
      is_img2img: kind === 'img2img',
      args: script.describe().map(complete),
    })),
  ];
}

/** A1111 says null where a control has no such property. */
function complete(argument: object): Record<string, unknown> {
  return { label: '', value: null, minimum: null, maximum: null, step: null, choices: null, ...argument };
}
