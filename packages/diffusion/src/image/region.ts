import { channelsOf } from './channels.ts';
import type { Bytes, GreyImage } from './channels.ts';

/** A part of a picture, in pixels; right and bottom lie outside. */
export type Box = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

/** The smallest box around all that is not black; undefined where everything is. */
export function boundsOf({ width, height, data }: GreyImage): Box | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] === 0) continue;
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x + 1);
      bottom = y + 1;
    }
  }
  return right === 0 ? undefined : { left, top, right, bottom };
}

/** A box with `padding` more pixels on each side, as far as the picture reaches. */
export function padded(box: Box, padding: number, { width, height }: Bytes): Box {
  return {
    left: Math.max(0, box.left - padding),
    top: Math.max(0, box.top - padding),
    right: Math.min(width, box.right + padding),
    bottom: Math.min(height, box.bottom + padding),
  };
}

/** A box made wider or higher for the shape of `width` x `height`, moved and at last cut off at the picture's edges. */
export function shaped(
  box: Box,
  { width, height }: { readonly width: number; readonly height: number },
  picture: Bytes,
): Box {
  const [wide, high] = [box.right - box.left, box.bottom - box.top];
  const ratio = width / height;
  if (wide / high > ratio) {
    const [top, bottom] = grown(box.top, box.bottom, Math.trunc(wide / ratio - high), picture.height);
    return { ...box, top, bottom };
  }
  const [left, right] = grown(box.left, box.right, Math.trunc(high * ratio - wide), picture.width);
  return { ...box, left, right };
}

function grown(from: number, to: number, by: number, end: number): readonly [number, number] {
  const start = from - Math.floor(by / 2);
  const stop = to + by - Math.floor(by / 2);
  const beyond = Math.max(0, stop - end);
  const before = Math.max(0, -(start - beyond));
  return [start - beyond + before, Math.min(end, stop - beyond + before)];
}

/** The pixels of a box that lies inside the picture. */
export function cropped(image: Bytes, { left, top, right, bottom }: Box): Bytes {
  const [width, height] = [right - left, bottom - top];
  return pasted(blankLike(image, width, height), image, -left, -top);
}

/** Black of the same kind, in another size. */
export function blankLike(image: Bytes, width: number, height: number): Bytes {
  return { width, height, data: new Uint8Array(width * height * channelsOf(image)) };
}

/** `ground` with `image` on it, as far as it fits; its corner lies at `left`, `top`, which may be negative. */
export function pasted(ground: Bytes, image: Bytes, left: number, top: number): Bytes {
  const channels = channelsOf(ground);
  const data = ground.data.slice();
  const first = Math.max(0, left);
  const end = Math.min(ground.width, left + image.width);
  if (first >= end) return ground;
  for (let y = Math.max(0, top); y < Math.min(ground.height, top + image.height); y++) {
    const from = ((y - top) * image.width + first - left) * channels;
    const row = image.data.subarray(from, from + (end - first) * channels);
    data.set(row, (y * ground.width + first) * channels);
  }
  return { width: ground.width, height: ground.height, data };
}
