import type {
  ImageToImageRequest,
  MaskedContent,
  MaskPicture,
  MaskRequest,
  ResizeMode,
  RgbImage,
} from '../../api.ts';
import { checkChoice, checkFlag, checkInteger, checkNumber, checkObject, refuse } from '../checks.ts';
import { longestSide } from '../picture-size.ts';
import { resolveSoftMask } from './soft-mask.ts';
import type { SoftMask } from './soft-mask.ts';

/** What to start from, with every value checked and present. */
export type ResolvedPicture = {
  readonly images: readonly RgbImage[];
  readonly strength: number;
  readonly resizeMode: ResizeMode;
  readonly mask?: ResolvedMask;
  readonly encoderSeed?: number;
  readonly imageCfgScale?: number;
  readonly matchColours: boolean;
};

export type ResolvedMask = {
  readonly image: RgbImage;
  readonly invert: boolean;
  readonly blur: { readonly x: number; readonly y: number };
  readonly content: MaskedContent;
  readonly area: 'whole' | 'masked';
  readonly padding: number;
  readonly round: boolean;
  readonly overlay: boolean;
  readonly latents?: RgbImage;
  readonly soft?: SoftMask;
  readonly returns: readonly MaskPicture[];
};

const resizeModes: readonly ResizeMode[] = ['stretch', 'crop', 'fill', 'latent'];
const contents: readonly MaskedContent[] = ['fill', 'original', 'latent noise', 'latent nothing'];
const maskPictures: readonly MaskPicture[] = ['mask', 'composite'];
const blurRange = { min: 0, max: 256 };

/** @throws EngineError 'request.invalid', naming the field and what it may be. */
export function resolvePicture(request: ImageToImageRequest): ResolvedPicture {
  const { encoderSeed, imageCfgScale, mask, matchColours = false } = request;
  return {
    images: checkImages(request),
    strength: checkNumber('strength', request.strength ?? 0.75, { min: 0, max: 1 }),
    resizeMode: checkChoice('resizeMode', request.resizeMode ?? 'stretch', resizeModes),
    mask: mask === undefined ? undefined : resolveMask(checkObject('mask', mask)),
    matchColours: checkFlag('matchColours', matchColours),
    encoderSeed:
      encoderSeed === undefined
        ? undefined
        : checkInteger('encoderSeed', encoderSeed, { min: 0, max: 2 ** 32 - 1 }),
    imageCfgScale:
      imageCfgScale === undefined
        ? undefined
        : checkNumber('imageCfgScale', imageCfgScale, { min: 0, max: 30 }),
  };
}

function resolveMask(mask: MaskRequest): ResolvedMask {
  const { blur = 4, returns = [] } = mask;
  if (!Array.isArray(returns)) refuse('mask.returns', 'must be a list', returns);
  const { x, y } = typeof blur === 'object' && blur !== null ? blur : { x: blur, y: blur };
  return {
    image: checkImage('mask.image', mask.image),
    invert: checkFlag('mask.invert', mask.invert ?? false),
    blur: { x: checkInteger('mask.blur', x, blurRange), y: checkInteger('mask.blur', y, blurRange) },
    content: checkChoice('mask.content', mask.content ?? 'original', contents),
    area: checkChoice('mask.area', mask.area ?? 'whole', ['whole', 'masked']),
    padding: checkInteger('mask.padding', mask.padding ?? 32, { min: 0, max: longestSide }),
    // Soft masks are grey.
    round: checkFlag('mask.round', mask.round ?? true) && mask.soft === undefined,
    ...(mask.latents !== undefined && { latents: checkImage('mask.latents', mask.latents) }),
    // What a soft mask leaves is known only by laying it on the original.
    overlay: checkFlag('mask.overlay', mask.overlay ?? true) || mask.soft !== undefined,
    soft: mask.soft === undefined ? undefined : resolveSoftMask(checkObject('mask.soft', mask.soft)),
    returns: returns.map((one, i) => checkChoice(`mask.returns[${i}]`, one, maskPictures)),
  };
}

function checkImages({ images, batchSize = 1, mask }: ImageToImageRequest): readonly RgbImage[] {
  if (!Array.isArray(images)) return refuse('images', 'must be a list of pictures', images);
  const given = images.map((image: RgbImage, i) => checkImage(`images[${i}]`, image));
  if (given.length !== 1 && given.length !== batchSize) {
    return refuse('images', 'must be one picture, or as many as batchSize', given.length);
  }
  const sizes = new Set(given.map(({ width, height }) => `${width}x${height}`));
  if (mask?.area === 'masked' && sizes.size > 1) {
    return refuse('images', 'must have one size where only the masked area is drawn', [...sizes].join(', '));
  }
  return given;
}

/** @throws EngineError 'request.invalid' for what is no picture. */
export function checkImage(field: string, given: unknown): RgbImage {
  const { width, height, data } = checkObject(field, given as RgbImage);
  const sides = { min: 1, max: longestSide };
  checkInteger(`${field}.width`, width, sides);
  checkInteger(`${field}.height`, height, sides);
  if (!(data instanceof Uint8Array)) return refuse(`${field}.data`, 'must be a Uint8Array', typeof data);
  const bytes = width * height * 3;
  if (data.length !== bytes) return refuse(`${field}.data`, `must have ${bytes} bytes`, data.length);
  // A view: of a Buffer, which is one too, `slice` gives the same bytes again and not a copy.
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, bytes) };
}
