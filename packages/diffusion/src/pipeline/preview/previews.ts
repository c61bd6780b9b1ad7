import type { LoadOptions, RgbImage } from '../../api.ts';
import type { Decoder } from '../../denoiser/network.ts';
import type { PreviewFactors } from '../../models/families/preview-factors.ts';
import type { Networks } from '../../runtime/networks.ts';
import type { Tensor } from '../../tensor.ts';
import { fitPreview } from '../fit-preview.ts';
import { previewOf } from '../preview.ts';
import { findTinyDecoder, openTinyPreview } from './tiny-preview.ts';
import type { TinyPreview } from './tiny-preview.ts';

/** What scaled latents `[4, h, w]` look like; a slow way of seeing shows what it was shown last. */
export type Preview = (latents: Tensor) => RgbImage | undefined;

/** How a model's drawings are watched. */
export type Previews = {
  /** For one drawing. */
  readonly begin: () => Preview;
  readonly dispose: () => Promise<void>;
};

/** By a TAESD decoder where there is a file for the model, else by factors. */
export async function openPreviews(
  networks: Networks,
  decode: Decoder,
  options: LoadOptions,
): Promise<Previews> {
  const path = await findTinyDecoder(networks.family.tinyDecoder, options.previewFolders ?? []);
  // A file that is none must not keep anybody from drawing.
  const tiny = path === undefined ? undefined : await openTinyPreview(path, options).catch(() => undefined);
  if (tiny !== undefined) return { begin: () => lagging(tiny), dispose: tiny.dispose };
  const factors = await factorsOf(networks, decode);
  return { begin: () => (latents) => previewOf(latents, factors), dispose: async () => {} };
}

/** Steps do not wait for their previews: each shows the one before. */
function lagging({ see }: TinyPreview): Preview {
  let last: RgbImage | undefined;
  let isBusy = false;
  return (latents) => {
    if (!isBusy) {
      isBusy = true;
      void see(latents)
        .then(
          (image) => (last = image),
          () => {},
        )
        .finally(() => (isBusy = false));
    }
    return last;
  };
}

/** Of the published VAE without asking; smaller ones are quickly fitted. */
async function factorsOf({ configs, family }: Networks, decode: Decoder): Promise<PreviewFactors> {
  const isPublished = configs.vae.levels.map(({ channels }) => channels).join() === '128,256,512,512';
  return isPublished ? family.preview : await fitPreview(decode);
}
