/** The size of the first of two passes, as old clients and old settings mean it. */
import type { sdapi } from '@bottega/contract';
import type { JsonObject } from '../../../settings/settings-store.ts';

/** Of the pixels and of the sides that A1111 once gave a first pass. */
const pixels = 512 * 512;
const multiple = 64;

/**
 * With the setting `use_old_hires_fix_width_height` the size asked for is that of the second pass, and the first has
 * about 512x512 pixels in the same shape.
 */
export function withOldSizes(request: sdapi.Txt2ImgRequest, settings: JsonObject): sdapi.Txt2ImgRequest {
  if (!request.enable_hr || settings.use_old_hires_fix_width_height !== true) return request;
  const { width, height } = request;
  const scale = Math.sqrt(pixels / (width * height));
  const first = (side: number): number => Math.ceil((scale * side) / multiple) * multiple;
  return {
    ...request,
    hr_resize_x: width,
    hr_resize_y: height,
    width: first(width),
    height: first(height),
  };
}
