/** The ControlNet units of a request: their pictures kept, and named as a recipe names them. */
import type { Control, sdapi } from '@bottega/contract';
import type { Upload } from '../../../media/uploads.ts';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { decodePicture } from '../pictures/decode.ts';
import { keepPicture, nameUnreadable } from '../pictures/keep-picture.ts';
import { RequestMismatch } from '../request.ts';
import type { SdapiServices } from '../services.ts';
import { scribbleOf } from './scribble.ts';
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
 * @param settings In force; `controlnet_ignore_noninpaint_mask` leaves what is drawn upon pictures aside.
 * @throws as `checkControls`; SdapiRefusal 500 for what is no picture, in A1111's words.
 */
export async function controlsFrom(
  { alwayson_scripts: scripts }: sdapi.Txt2ImgRequest | sdapi.Img2ImgRequest,
  settings: JsonObject,
  { uploads }: Pick<SdapiServices, 'uploads'>,
): Promise<Controls> {
  const units = readUnits(argsOf(scripts));
  if (units.length === 0) return none;
  const ignoresScribbles = settings.controlnet_ignore_noninpaint_mask === true;
  const kept: Upload[] = [];
  const keep = async (upload: Promise<Upload>): Promise<Upload> => {
    const done = await upload;
    kept.push(done);
    return done;
  };
  try {
    const controls: Control[] = [];
    // One after the other: unpacked, each picture may be large.
    for (const [i, { control, picture, scribble, mask }] of units.entries()) {
      const nameOf = (field: string): string => `alwayson_scripts.controlnet.args.${i}.${field}`;
      let image = picture && (await keep(keepPicture(uploads, picture, nameOf('image'))));
      if (image && scribble && !ignoresScribbles) {
        const at = ['body', 'alwayson_scripts', 'controlnet', 'args', i, 'mask'];
        const file = scribbleOf(await decodePicture(scribble), image, at);
        const drawn = await nameUnreadable(nameOf('mask'), file);
        if (drawn !== undefined) image = await keep(uploads.keep(drawn));
      }
      const region = mask && (await keep(keepPicture(uploads, mask, nameOf('effective_region_mask'))));
      controls.push({ ...control, ...(image && { image: image.id }), ...(region && { mask: region.id }) });
    }
    return { controls, units, uploads: kept };
  } catch (error) {
    for (const upload of kept) await uploads.forget(upload);
    throw error;
  }
}

/** The same for as long as `work` needs their pictures. */
export async function withControls<Answer>(
  request: sdapi.Txt2ImgRequest | sdapi.Img2ImgRequest,
  settings: JsonObject,
  services: Pick<SdapiServices, 'uploads'>,
  work: (controls: Controls) => Promise<Answer>,
): Promise<Answer> {
  const controls = await controlsFrom(request, settings, services);
  try {
    return await work(controls);
  } finally {
    for (const upload of controls.uploads) await services.uploads.forget(upload);
  }
}
