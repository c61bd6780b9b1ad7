import type { Model, RgbImage } from '../../api.ts';
import { fitImage } from '../../image/fit.ts';
import { cropped } from '../../image/region.ts';
import type { Canvas } from '../picture/canvas.ts';
import type { ResolvedPicture } from '../picture/resolve-picture.ts';
import type { Size } from '../picture-size.ts';
import type { Control } from './controlled.ts';
import { requireFit } from './require-fit.ts';
import { mapOf } from './control-map.ts';
import { resolveControls } from './resolve-controls.ts';
import type { ResolvedControl } from './resolve-controls.ts';

/** The models that controls speak to. */
export type Listeners = { readonly first: Model; readonly second?: Model };

/** What is started from. */
type Start = { readonly picture: ResolvedPicture; readonly canvas: Canvas };

/**
 * Checks the controls of a request and makes their maps. Where only a masked area is drawn, they see that area only.
 * @param drawn the size of the first pass.
 * @throws EngineError 'request.*', 'preprocessor.unknown', 'control.mismatch'
 */
export function prepareControls(
  given: unknown,
  { first, second }: Listeners,
  drawn: Size,
  start?: Start,
): readonly Control[] {
  const [image] = start?.picture.images ?? [];
  const mode = start?.picture.resizeMode ?? 'crop';
  const defaults = image && { image, resizeMode: mode === 'latent' ? ('stretch' as const) : mode };
  return resolveControls(given, defaults).map((control) => {
    if (control.passes !== 'second') requireFit(control.networks, first);
    if (second && control.passes !== 'first') requireFit(control.networks, second);
    const see = (image: RgbImage): RgbImage => visible(image, control.resizeMode, drawn, start);
    const map = mapOf({ ...control, image: see(control.image) }, drawn);
    return { ...control, map, ...(control.mask && { mask: see(control.mask) }) };
  });
}

/** As the extension: the picture is brought to the masked one's size, and cut out with it. */
function visible(
  image: RgbImage,
  resizeMode: ResolvedControl['resizeMode'],
  drawn: Size,
  start: Start | undefined,
): RgbImage {
  const region = start?.canvas.region;
  if (start === undefined || region === undefined) return image;
  const { width, height } = start.canvas.size;
  const part = cropped(fitImage(image, resizeMode, width, height), region);
  return fitImage(part, 'fill', drawn.width, drawn.height);
}
