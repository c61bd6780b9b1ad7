/** How a picture was drawn from another one, as far as its infotext tells: not from which, and not with which mask. */
import { type ReadRecipe, readStartSchema } from '@bottega/contract';
import type { ParsedInfotext } from '@bottega/diffusion';

type ReadStart = NonNullable<ReadRecipe['start']>;

const softNames = {
  scheduleBias: 'Soft inpainting schedule bias',
  preservationStrength: 'Soft inpainting preservation strength',
  transitionContrastBoost: 'Soft inpainting transition contrast boost',
  maskInfluence: 'Soft inpainting mask influence',
  differenceThreshold: 'Soft inpainting difference threshold',
  differenceContrast: 'Soft inpainting difference contrast',
} as const;

/** `undefined` where it was drawn from words alone, or says what cannot be. */
export function readStart(parsed: ParsedInfotext): ReadStart | undefined {
  const number = (name: string): number | undefined => {
    const value = parsed.get(name);
    return value === undefined ? undefined : Number(value);
  };
  const isSecondPass = parsed.has('Hires upscale') || parsed.has('Hires upscaler');
  if (!parsed.has('Denoising strength') || isSecondPass) return undefined;
  const isSoft = parsed.get('Soft inpainting enabled') === 'True';
  const read = readStartSchema.safeParse({
    strength: number('Denoising strength'),
    imageCfgScale: number('Image CFG scale'),
    encoderSeed: number('Encoder seed'),
    mask: {
      invert: parsed.get('Mask mode') === 'Inpaint not masked',
      // Left out where it is 0.
      blur: number('Mask blur') ?? 0,
      content: parsed.get('Masked content'),
      area: parsed.get('Inpaint area') === 'Only masked' ? 'masked' : 'whole',
      padding: number('Masked area padding'),
      ...(isSoft && {
        soft: Object.fromEntries(Object.entries(softNames).map(([field, name]) => [field, number(name)])),
      }),
    },
  });
  return read.data;
}
