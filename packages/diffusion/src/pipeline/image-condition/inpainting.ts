import { joinChannels, rowOf, stackRows } from '../../denoiser/rows.ts';
import type { GreyImage } from '../../image/channels.ts';
import { toPixels } from '../../image/pixels.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { ofRow } from '../picture/canvas.ts';
import { encodePixels } from '../picture/encode-picture.ts';
import { bilinear, resizeLatents } from '../latents/resize-latents.ts';
import type { ImageConditionInput } from './image-condition.ts';

/**
 * Inpainting models see the mask and the latents of the picture with its masked part in grey. Without a picture
 * everything is masked and grey; without a mask everything is masked, too.
 */
export async function inpaintingCondition(input: ImageConditionInput): Promise<Tensor> {
  const { start, batch, height, width, latentFactor, latentScale, encode } = input;
  const encoded = async (pixels: Tensor): Promise<Tensor> =>
    resizeLatents(await encodePixels(pixels, encode, latentScale), height, width, bilinear);
  if (start === undefined) {
    const grey = tensor([1, 3, height * latentFactor, width * latentFactor]);
    const row = joinChannels(everywhere(height, width), await encoded(grey));
    return stackRows(Array.from({ length: batch }, () => row));
  }
  const { canvas, picture } = start;
  const mask = canvas.mask && shareOf(canvas.mask, picture.mask?.round ?? true);
  const small = mask ? nearest(mask, height, width) : everywhere(height, width);
  const rows: Tensor[] = [];
  for (const image of canvas.inputs) {
    rows.push(joinChannels(small, await encoded(hidden(toPixels(image), mask, input.maskWeight))));
  }
  return stackRows(Array.from({ length: batch }, (_, row) => ofRow(rows, row)));
}

function everywhere(height: number, width: number): Tensor {
  const mask = tensor([1, height, width]);
  mask.data.fill(1);
  return mask;
}

/** `[1, h, w]`: 1 where the picture is drawn anew. */
function shareOf({ width, height, data }: GreyImage, isRounded: boolean): Tensor {
  const share = Float32Array.from(data, (value) => (isRounded ? Math.round(value / 255) : value / 255));
  return tensor([1, height, width], share);
}

/** The picture `[1, 3, h, w]` with its masked part as grey as the weight says. */
function hidden(pixels: Tensor, mask: Tensor | undefined, weight: number): Tensor {
  const area = rowOf(pixels, 0).data.length / 3;
  return tensor(
    pixels.shape,
    pixels.data.map((value, i) => value * (1 - weight * (mask?.data[i % area] ?? 1))),
  );
}

/** Every element takes the pixel at its corner, as PyTorch's `interpolate` does where it is not told otherwise. */
function nearest({ shape, data }: Tensor, height: number, width: number): Tensor {
  const [, fromHeight, fromWidth] = shape;
  const small = tensor([1, height, width]);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * fromHeight) / height) * fromWidth;
    for (let x = 0; x < width; x++) {
      small.data[y * width + x] = data[row + Math.floor((x * fromWidth) / width)];
    }
  }
  return small;
}
