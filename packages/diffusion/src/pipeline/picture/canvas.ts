import type { RgbImage } from '../../api.ts';
import { inverted, redOf, toGrey } from '../../image/channels.ts';
import type { Bytes, GreyImage } from '../../image/channels.ts';
import { fitImage } from '../../image/fit.ts';
import type { FitMode } from '../../image/fit.ts';
import { filledFromAround, withOriginal } from '../../image/masked.ts';
import { blankLike, boundsOf, cropped, padded, pasted, shaped } from '../../image/region.ts';
import type { Box } from '../../image/region.ts';
import { soften } from '../../image/soften.ts';
import { refuse } from '../checks.ts';
import { isSame } from '../picture-size.ts';
import type { Size } from '../picture-size.ts';
import type { ResolvedMask, ResolvedPicture } from './resolve-picture.ts';

/** Sides that make at least one element of the latents. */
const smallestEncoded = 8;

/** What is drawn on, in pixels. */
export type Canvas = {
  /** What the encoder sees: one for all, or one for each picture of a batch. */
  readonly inputs: readonly RgbImage[];
  /** White is drawn anew; of the size that is drawn. Absent, everything is. */
  readonly mask?: GreyImage;
  /** The same for the latents, of any size, where that differs. */
  readonly latentMask?: GreyImage;
  /** The part of the picture that is drawn, where it is not the whole. */
  readonly region?: Box;
  /** Of the finished picture. */
  readonly size: Size;
  /** From what was drawn to the finished picture, with all that the mask leaves as it was. */
  readonly finish: (drawn: RgbImage, row: number) => RgbImage;
  /** The same where `shown`, of the size that is drawn, says what is to be seen of it. */
  readonly finishShowing?: (drawn: RgbImage, row: number, shown: GreyImage) => RgbImage;
  /** What it tells beside that of a mask. */
  readonly beside?: {
    /** How much of what was drawn is seen; where `shown`, of the size that is drawn, says it, that in its place. */
    readonly mask: (shown: GreyImage | undefined) => GreyImage;
    /** What was drawn in its place, before the original is laid upon it; around it black. */
    readonly placed: (drawn: RgbImage) => RgbImage;
  };
  readonly warnings: readonly string[];
};

/**
 * Brings pictures and mask to the sizes in which they are needed, as A1111 does.
 * @param size of the picture asked for.
 * @param drawn at which the networks draw; another one where a model has its own sizes.
 * @throws EngineError 'request.invalid' where a mask cannot follow latents that are resized.
 */
export function layOutCanvas(picture: ResolvedPicture, size: Size, drawn: Size): Canvas {
  const { images, mask } = picture;
  const prepared = mask && preparedMask(mask, images[0], picture.resizeMode);
  if (mask === undefined || prepared === undefined) return unmasked(picture, size, drawn);
  if (mask.area === 'whole') return wholeCanvas(picture, mask, prepared, size, drawn);
  const bounds = boundsOf(prepared);
  if (bounds === undefined) {
    const warning = 'The mask is empty, so there is no masked area: the whole picture is drawn anew.';
    return { ...unmasked(picture, size, drawn), warnings: [warning] };
  }
  return regionCanvas(picture, mask, prepared, bounds, drawn);
}

function unmasked({ images, resizeMode }: ResolvedPicture, size: Size, drawn: Size): Canvas {
  const small = images.find((image) => Math.min(image.width, image.height) < smallestEncoded);
  if (resizeMode === 'latent' && small) {
    refuse(
      'images',
      'must be at least 8x8 pixels where resizeMode is latent',
      `${small.width}x${small.height}`,
    );
  }
  const inputs =
    resizeMode === 'latent'
      ? images
      : images.map((image) => fitImage(image, resizeMode, drawn.width, drawn.height));
  return { inputs, size, finish: (image) => image, warnings: [] };
}

/** The mask in grey, blurred; in the size of the picture where a part of that is meant. */
function preparedMask(
  mask: ResolvedMask,
  image: RgbImage,
  resizeMode: ResolvedPicture['resizeMode'],
): GreyImage {
  const given = toGrey(mask.image);
  // The original takes the box from the mask as it is, which means another place in a picture of another size.
  const grey =
    mask.area === 'masked' ? fitImage(given, fitModeOf(resizeMode), image.width, image.height) : given;
  return soften(mask.invert ? inverted(grey) : grey, mask.blur.x, mask.blur.y);
}

/** As A1111: where latents are resized, masks are filled up. */
function fitModeOf(resizeMode: ResolvedPicture['resizeMode']): FitMode {
  return resizeMode === 'latent' ? 'fill' : resizeMode;
}

function wholeCanvas(
  { images, resizeMode }: ResolvedPicture,
  { content, overlay: isLaidOn, latents }: ResolvedMask,
  prepared: GreyImage,
  size: Size,
  drawn: Size,
): Canvas {
  if (resizeMode === 'latent' && !images.every((image) => isSame(image, drawn))) {
    const demand = `must be stretch, crop or fill for a masked picture that is not ${drawn.width}x${drawn.height}`;
    return refuse('resizeMode', demand, resizeMode);
  }
  const mode = fitModeOf(resizeMode);
  const maskAt = ({ width, height }: Size): GreyImage => fitImage(prepared, mode, width, height);
  const imagesAt = ({ width, height }: Size): readonly RgbImage[] =>
    images.map((image) => fitImage(image, mode, width, height));
  const mask = maskAt(drawn);
  const originals = imagesAt(size);
  const overlay = atLeastDoubled(maskAt(size));
  // Made for the picture asked for, where the model draws in another size.
  const isForAnother = latents !== undefined && isSame(latents, size) && !isSame(size, drawn);
  const latentsAt = isForAnother ? fitImage(latents, 'stretch', drawn.width, drawn.height) : latents;
  return {
    inputs: withContent(imagesAt(drawn), mask, content, latentsAt),
    mask,
    ...(latentsAt && { latentMask: redOf(latentsAt) }),
    size,
    finish: (image, row) => (isLaidOn ? withOriginal(image, ofRow(originals, row), overlay) : image),
    finishShowing: (image, row, shown) =>
      withOriginal(image, ofRow(originals, row), fitImage(shown, 'stretch', size.width, size.height)),
    beside: {
      mask: (shown) => (shown ? fitImage(shown, 'stretch', size.width, size.height) : overlay),
      placed: (image) => image,
    },
    warnings: [],
  };
}

/** Half of the blurred border counts as drawn, so that no seam shows. */
function atLeastDoubled({ width, height, data }: GreyImage): GreyImage {
  return { width, height, data: data.map((value) => Math.min(255, 2 * value)) };
}

function regionCanvas(
  { images }: ResolvedPicture,
  { content, padding, overlay, latents }: ResolvedMask,
  prepared: GreyImage,
  bounds: Box,
  drawn: Size,
): Canvas {
  const region = shaped(padded(bounds, padding, prepared), drawn, prepared);
  const [width, height] = [region.right - region.left, region.bottom - region.top];
  const atDrawn = (image: RgbImage): RgbImage =>
    fitImage(cropped(image, region), 'fill', drawn.width, drawn.height);
  const mask = atDrawn(prepared);
  const black = blankLike(prepared, prepared.width, prepared.height);
  const inPlace = (image: Bytes, ground: Bytes): Bytes =>
    pasted(ground, fitImage(image, 'crop', width, height), region.left, region.top);
  return {
    inputs: withContent(images.map(atDrawn), mask, content, latents),
    mask,
    ...(latents && { latentMask: redOf(latents) }),
    region,
    size: overlay ? { width: prepared.width, height: prepared.height } : drawn,
    finish: (image, row) => {
      if (!overlay) return image;
      const original = ofRow(images, row);
      return withOriginal(inPlace(image, original), original, prepared);
    },
    finishShowing: (image, row, shown) => {
      const original = ofRow(images, row);
      return withOriginal(inPlace(image, original), original, inPlace(shown, black));
    },
    beside: {
      mask: (shown) => (shown ? inPlace(shown, black) : prepared),
      placed: (image) =>
        overlay ? inPlace(image, blankLike(image, prepared.width, prepared.height)) : image,
    },
    warnings: [],
  };
}

function withContent(
  images: readonly RgbImage[],
  mask: GreyImage,
  content: ResolvedMask['content'],
  latents: ResolvedMask['latents'],
): readonly RgbImage[] {
  if (content === 'original') return images;
  if (latents && !isSame(latents, mask)) {
    const demand = `must be ${mask.width}x${mask.height}, as is what is drawn, unless content is original`;
    return refuse('mask.latents', demand, `${latents.width}x${latents.height}`);
  }
  return images.map((image) => filledFromAround(image, latents ? toGrey(latents) : mask));
}

/** One serves all rows of a batch, or each has its own. */
export function ofRow<Thing>(things: readonly Thing[], row: number): Thing {
  return things.length === 1 ? things[0] : things[row];
}
