import type { InfotextParameters } from '../../infotext/write.ts';
import type { JobStart } from '../prepare-job.ts';
import type { SoftMask } from './soft-mask.ts';

/** A1111's names, in its order. */
function softParameters(soft: SoftMask): InfotextParameters {
  return [
    ['Soft inpainting enabled', true],
    ['Soft inpainting schedule bias', soft.scheduleBias],
    ['Soft inpainting preservation strength', soft.preservationStrength],
    ['Soft inpainting transition contrast boost', soft.transitionContrastBoost],
    ['Soft inpainting mask influence', soft.maskInfluence],
    ['Soft inpainting difference threshold', soft.differenceThreshold],
    ['Soft inpainting difference contrast', soft.differenceContrast],
  ];
}

/** What A1111 writes of a mask, in its order; and the encoder's seed, which it has not. */
export function pictureParameters({ picture, canvas }: JobStart): InfotextParameters {
  const { mask, encoderSeed } = picture;
  const drawnMask = canvas.mask && mask;
  const isBlurred = mask !== undefined && mask.blur.x + mask.blur.y > 0;
  const soft = canvas.mask && mask?.soft;
  return [
    ...(soft ? softParameters(soft) : []),
    ['Mask mode', mask?.invert ? 'Inpaint not masked' : undefined],
    // Where the axes differ the original writes nothing.
    ['Mask blur', isBlurred && mask.blur.x === mask.blur.y ? mask.blur.x : undefined],
    ['Inpaint area', canvas.region && 'Only masked'],
    ['Masked area padding', canvas.region && mask?.padding],
    ['Masked content', drawnMask && drawnMask.content !== 'original' ? drawnMask.content : undefined],
    ['Encoder seed', encoderSeed],
  ];
}
