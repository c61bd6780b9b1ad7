import type { RgbImage } from '../../api.ts';
import { type FitMode, fitImage } from '../../image/fit.ts';
import { hintFactor } from '../../models/control-net/config.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { bilinear, resizeLatents } from '../latents/resize-latents.ts';

/** Leaves of what a ControlNet says, `[rows, channels, height, width]`, what lies in its region. */
type Region = (said: Tensor) => Tensor;

/**
 * A mask brought to the size that is drawn, and from there to that of each result, as the extension does with its
 * "effective region mask": its red counts, and PyTorch's bilinear interpolation resizes it.
 * @returns by the size of latents.
 */
export function regionOf(mask: RgbImage, mode: FitMode): (width: number, height: number) => Region {
  const whole = remembered((width, height) => {
    const { data } = fitImage(mask, mode, width * hintFactor, height * hintFactor);
    const [h, w] = [height * hintFactor, width * hintFactor];
    return tensor(
      [1, h, w],
      Float32Array.from({ length: h * w }, (_, i) => data[3 * i] / 255),
    );
  });
  const parts = remembered((width, height) =>
    remembered((w, h) => resizeLatents(whole(width, height), h, w, bilinear)),
  );
  return (width, height) => (said) => {
    const [rows, channels, h, w] = said.shape;
    const { data: shares } = parts(width, height)(w, h);
    const data = said.data.map((value, i) => value * shares[i % (h * w)]);
    return tensor([rows, channels, h, w], data);
  };
}

function remembered<Result>(
  make: (width: number, height: number) => Result,
): (width: number, height: number) => Result {
  const known = new Map<string, Result>();
  return (width, height) => {
    const key = `${width}x${height}`;
    const made = known.get(key) ?? make(width, height);
    known.set(key, made);
    return made;
  };
}
