/** The ControlNet units of a request: their pictures kept, and named as a recipe names them. */
import type { Control, sdapi } from '@bottega/contract';
import type { Upload } from '../../../media/uploads.ts';
import { keepPicture } from '../pictures/keep-picture.ts';
import { RequestMismatch } from '../request.ts';
import type { SdapiServices } from '../services.ts';
import { readUnits, type Unit } from './unit.ts';

export type Controls = {
  readonly controls?: readonly Control[];
  /** Of the same units, in their order. */
  readonly units: readonly Unit[];
  /** To be let go of when the job has ended. */
  readonly uploads: readonly Upload[];
};

const none: Controls = { units: [], uploads: [] };

/** The arguments of the extension's script, whatever the capitals of its name. */
function argsOf(scripts: Readonly<Record<string, unknown>>): readonly unknown[] {
  const [, script] = Object.entries(scripts).find(([name]) => name.toLowerCase() === 'controlnet') ?? [];
  const { args } = (script ?? {}) as { readonly args?: unknown };
  return Array.isArray(args) ? args : [];
}

/** @throws RequestMismatch by place, AppError `control-net.unknown`. */
export function checkControls(
  request: sdapi.Txt2ImgRequest | sdapi.Img2ImgRequest,
  kind: 'txt2img' | 'img2img',
): void {
  for (const [i, { picture }] of readUnits(argsOf(request.alwayson_scripts)).entries()) {
    if (picture !== undefined || kind === 'img2img') continue;
    const loc = ['body', 'alwayson_scripts', 'controlnet', 'args', i, 'image'];
    const msg = 'controlnet is enabled but no input image is given';
    throw new RequestMismatch([{ loc, msg, type: 'value_error.missing' }]);
  }
}

/**
 * Opens and keeps the pictures of the units.
 * @throws as `checkControls`; SdapiRefusal 500 for what is no picture, in A1111's words.
 */
export async function controlsFrom(
  { alwayson_scripts: scripts }: sdapi.Txt2ImgRequest | sdapi.Img2ImgRequest,
  services: Pick<SdapiServices, 'uploads'>,
): Promise<Controls> {
  const units = readUnits(argsOf(scripts));
  if (units.length === 0) return none;
  const uploads: Upload[] = [];
  try {
    const controls: Control[] = [];
    // One after the other: unpacked, each picture may be large.
    for (const [i, { control, picture, mask }] of units.entries()) {
      const keep = async (sent: string | undefined, name: string): Promise<string | undefined> => {
        if (sent === undefined) return undefined;
        const field = `alwayson_scripts.controlnet.args.${i}.${name}`;
        const upload = await keepPicture(services.uploads, sent, field);
        uploads.push(upload);
        return upload.id;
      };
      const image = await keep(picture, 'image');
      const region = await keep(mask, 'effective_region_mask');
      controls.push({ ...control, ...(image && { image }), ...(region && { mask: region }) });
    }
    return { controls, units, uploads };
  } catch (error) {
    for (const upload of uploads) await services.uploads.forget(upload);
    throw error;
  }
}

/** The same for as long as `work` needs their pictures. */
export async function withControls<Answer>(
  request: sdapi.Txt2ImgRequest | sdapi.Img2ImgRequest,
  services: Pick<SdapiServices, 'uploads'>,
  work: (controls: Controls) => Promise<Answer>,
): Promise<Answer> {
  const controls = await controlsFrom(request, services);
  try {
    return await work(controls);
  } finally {
    for (const upload of controls.uploads) await services.uploads.forget(upload);
  }
}
