import * as modes from '../latents/resize-latents.ts';
import type { Interpolation } from '../latents/resize-latents.ts';

/** A1111's upscalers of latents, by its names. */
const upscalers: ReadonlyMap<string, Interpolation> = new Map([
  ['Latent', modes.bilinear],
  ['Latent (antialiased)', modes.bilinearAntialiased],
  ['Latent (bicubic)', modes.bicubic],
  ['Latent (bicubic antialiased)', modes.bicubicAntialiased],
  ['Latent (nearest)', modes.nearest],
  ['Latent (nearest-exact)', modes.nearestExact],
]);

export type LatentUpscaler = { readonly name: string; readonly interpolate: Interpolation };

/** Names of the upscalers that enlarge latents instead of pixels. */
export const latentUpscalers: readonly string[] = [...upscalers.keys()];

/** The interpolation behind a name, case aside; undefined for an upscaler of pictures. */
export function latentUpscaler(name: string): LatentUpscaler | undefined {
  const known = latentUpscalers.find((one) => one.toLowerCase() === name.toLowerCase());
  const interpolate = known === undefined ? undefined : upscalers.get(known);
  return known === undefined || interpolate === undefined ? undefined : { name: known, interpolate };
}
