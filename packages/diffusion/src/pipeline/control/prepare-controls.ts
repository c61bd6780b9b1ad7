import type { CheckpointInfo, RgbImage } from '../../api.ts';
import { fitImage } from '../../image/fit.ts';
import { cropped } from '../../image/region.ts';
import type { UNetConfig } from '../../models/unet/config.ts';
import type { Canvas } from '../picture/canvas.ts';
import type { ResolvedPicture } from '../picture/resolve-picture.ts';
import type { Size } from '../picture-size.ts';
import type { Control } from './controlled.ts';
import { requireFit } from './require-fit.ts';
import { mapOf } from './control-map.ts';
import { resolveControls } from './resolve-controls.ts';
import type { ResolvedControl } from './resolve-controls.ts';

/** What controls are to fit. */
export type ControlContext = {
  readonly unet: UNetConfig;
  readonly info: CheckpointInfo;
  /** The size of the first pass. */
  readonly drawn: Size;
  /** What is started from, where there is something. */
  readonly start?: { readonly picture: ResolvedPicture; readonly canvas: Canvas };
};

/**
 * Checks the controls of a request and makes their maps. Where only a masked area is drawn, they see that area only.
 * @throws EngineError 'request.*', 'preprocessor.unknown', 'control.mismatch'
 */
export function prepareControls(
  given: unknown,
  { unet, info, drawn, start }: ControlContext,
): readonly Control[] {
  const [image] = start?.picture.images ?? [];
  const mode = start?.picture.resizeMode ?? 'crop';
  const defaults = image && { image, resizeMode: mode === 'latent' ? ('stretch' as const) : mode };
  return resolveControls(given, defaults).map((control) => {
    requireFit(control.networks, unet, info);
    const seen = { ...control, image: visible(control, drawn, start) };
    return { ...control, map: mapOf(seen, drawn) };
  });
}

/** As the extension: the picture is brought to the masked one's size, and cut out with it. */
function visible(
  { image, resizeMode }: ResolvedControl,
  drawn: Size,
  start: ControlContext['start'],
): RgbImage {
  const region = start?.canvas.region;
  if (start === undefined || region === undefined) return image;
  const { width, height } = start.canvas.size;
  const part = cropped(fitImage(image, resizeMode, width, height), region);
  return fitImage(part, 'fill', drawn.width, drawn.height);
}
