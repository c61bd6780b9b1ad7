/** Upscalers as A1111 lists them. */
import type { sdapi } from '@bottega/contract';
import type { FoundUpscaler } from '@bottega/diffusion';

/** Those that can be used. */
export function listUpscalers(upscalers: readonly FoundUpscaler[]): sdapi.UpscalerList {
  return upscalers
    .filter(({ problem }) => problem === undefined)
    .map(({ title, kind, scale, path }) => ({
      name: title,
      model_name: null,
      model_path: kind === 'file' ? (path ?? null) : null,
      model_url: null,
      scale,
    }));
}

/** Real-ESRGAN's own models, which A1111 knows by name. */
export function listRealesrgan(upscalers: readonly FoundUpscaler[]): sdapi.RealesrganList {
  return upscalers
    .filter(
      ({ kind, title, problem }) => kind === 'file' && title.startsWith('R-ESRGAN ') && problem === undefined,
    )
    .map(({ title, path = null, scale }) => ({ name: title, path, scale }));
}
