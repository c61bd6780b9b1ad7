/** The pictures of an img2img request, as a recipe names them. */
import type { RecipeInput, sdapi } from '@bottega/contract';
import type { Upload } from '../../../media/uploads.ts';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { keepPicture } from '../pictures/keep-picture.ts';
import { refusal } from '../refusal.ts';
import type { SdapiServices } from '../services.ts';
import { colourOf } from './colour.ts';

type Start = NonNullable<RecipeInput['start']>;

export type Started = {
  readonly start: Start;
  /** As many as there are pictures, where there are several. */
  readonly batchSize: number;
  /** To be let go of when the job has ended. */
  readonly uploads: readonly Upload[];
};

const resizeModes = ['stretch', 'crop', 'fill', 'latent'] as const;
const contents = ['fill', 'original', 'latent noise', 'latent nothing'] as const;

/**
 * Opens and keeps the pictures of a request.
 * @throws SdapiRefusal 404 without pictures, 500 for what is none, in A1111's words.
 */
export async function startFrom(
  request: sdapi.Img2ImgRequest,
  settings: JsonObject,
  uploads: SdapiServices['uploads'],
): Promise<Started> {
  const { init_images: given, mask } = request;
  if (given === null || given.length === 0) throw refusal(404, 'Init image not found');
  if (given.length > request.batch_size) {
    const counts = `bad number of images passed: ${given.length}; expecting ${request.batch_size} or less`;
    throw refusal(500, counts);
  }
  const kept: Upload[] = [];
  const keep = async (picture: string, field: string): Promise<string> => {
    const upload = await keepPicture(uploads, picture, field);
    kept.push(upload);
    return upload.id;
  };
  try {
    const images: string[] = [];
    // One after the other: unpacked, each may be large.
    for (const picture of given) images.push(await keep(picture, 'init_images'));
    const drawn = mask === null ? undefined : maskOf(request, settings, await keep(mask, 'mask'));
    const latents = drawn && request.latent_mask ? await keep(request.latent_mask, 'latent_mask') : undefined;
    return {
      start: {
        images,
        strength: request.denoising_strength,
        resizeMode: resizeModes[request.resize_mode],
        ...(request.image_cfg_scale !== null && { imageCfgScale: request.image_cfg_scale }),
        background: colourOf(settings.img2img_background_color),
        ...(settings.img2img_color_correction === true && { matchColours: true }),
        ...(drawn && { mask: { ...drawn, ...(latents !== undefined && { latents }) } }),
      },
      batchSize: given.length > 1 ? given.length : request.batch_size,
      uploads: kept,
    };
  } catch (error) {
    for (const upload of kept) await uploads.forget(upload);
    throw error;
  }
}

function maskOf(
  request: sdapi.Img2ImgRequest,
  settings: JsonObject,
  image: string,
): NonNullable<Start['mask']> {
  const wants = (name: string): boolean =>
    settings[`return_${name}`] === true || (request.save_images && settings[`save_${name}`] === true);
  const returns = [
    ...(wants('mask') ? ['mask' as const] : []),
    ...(wants('mask_composite') ? ['composite' as const] : []),
  ];
  return {
    image,
    invert: request.inpainting_mask_invert === 1,
    blur: {
      x: request.mask_blur ?? request.mask_blur_x,
      y: request.mask_blur ?? request.mask_blur_y,
    },
    content: contents[request.inpainting_fill],
    area: request.inpaint_full_res ? 'masked' : 'whole',
    padding: request.inpaint_full_res_padding,
    round: request.mask_round,
    ...(settings.overlay_inpaint === false && { overlay: false }),
    ...(returns.length > 0 && { returns }),
  };
}
