/** One unit of the ControlNet extension, as clients write it, read into what this program calls a control. */
import { type Control, sdapi } from '@bottega/contract';
import { findPreprocessor } from '@bottega/diffusion';
import { fitAt, RequestMismatch } from '../request.ts';

/** A unit without the pictures, which are still text. */
export type Unit = {
  readonly control: Omit<Control, 'image' | 'mask'>;
  /** As it was sent; absent, the picture of img2img counts. */
  readonly picture?: string;
  /** What is drawn upon it. */
  readonly scribble?: string;
  /** Where it speaks. */
  readonly mask?: string;
  /** Whether the answer shows the map. */
  readonly showsMap: boolean;
};

type Place = readonly (string | number)[];

/** The extension's own names, numbers as it counts them, and names of its older versions. */
const resizeModes: Readonly<Record<string, Control['resizeMode']>> = {
  'Just Resize': 'stretch',
  'Crop and Resize': 'crop',
  'Resize and Fill': 'fill',
  'Inner Fit (Scale to Fit)': 'crop',
  'Scale to Fit (Inner Fit)': 'crop',
  'Outer Fit (Shrink to Fit)': 'fill',
  'Envelope (Outer Fit)': 'fill',
  0: 'stretch',
  1: 'crop',
  2: 'fill',
  // A1111's resizing of latents, which a map has not.
  3: 'stretch',
};
const controlModes: Readonly<Record<string, Control['mode']>> = {
  Balanced: 'balanced',
  'My prompt is more important': 'prompt',
  'ControlNet is more important': 'control',
  0: 'balanced',
  1: 'prompt',
  2: 'control',
};
const passes: Readonly<Record<string, Control['passes']>> = {
  Both: 'both',
  'Low res only': 'first',
  'High res only': 'second',
};

/**
 * The units that are on.
 * @param args Of `alwayson_scripts.controlnet`; what is null is an empty place.
 * @throws RequestMismatch by place.
 */
export function readUnits(args: readonly unknown[]): readonly Unit[] {
  return args.flatMap((arg, i) => {
    if (arg === null) return [];
    const at: Place = ['body', 'alwayson_scripts', 'controlnet', 'args', i];
    const unit = fitAt(sdapi.controlNetUnitSchema, arg, at);
    return unit.enabled ? [readUnit(unit, at)] : [];
  });
}

function readUnit(unit: sdapi.ControlNetUnit, at: Place): Unit {
  const module = known(unit.module, at);
  if (['', 'None', 'none'].includes(unit.model)) {
    throw mismatch([...at, 'model'], 'You have not selected any ControlNet Model.');
  }
  const start = unit.guidance_start;
  const end = unit.guidance_end ?? unit.guidance ?? 1;
  if (start > end) throw mismatch(at, `guidance_start(${start}) > guidance_end(${end})`);
  return {
    ...pictureOf(unit, at),
    ...regionOf(unit, at),
    showsMap: unit.save_detected_map,
    control: {
      model: unit.model,
      weight: unit.weight,
      start,
      end,
      mode: chosen(controlModes, unit.control_mode ?? 0, [...at, 'control_mode']),
      resizeMode: chosen(resizeModes, unit.resize_mode ?? 1, [...at, 'resize_mode']),
      preprocessor: module,
      resolution: unit.processor_res,
      pixelPerfect: unit.pixel_perfect,
      thresholdA: unit.threshold_a,
      thresholdB: unit.threshold_b,
      passes: chosen(passes, unit.hr_option, [...at, 'hr_option']),
    },
  };
}

function known(module: string, at: Place): string {
  try {
    return findPreprocessor(module === 'None' ? 'none' : module).name;
  } catch {
    throw mismatch([...at, 'module'], `module(${module.slice(0, 100)}) not found in supported modules.`);
  }
}

function chosen<Choice>(
  choices: Readonly<Record<string, Choice>>,
  given: string | number,
  at: Place,
): Choice {
  const found = Object.hasOwn(choices, given) ? choices[given] : undefined;
  if (found !== undefined) return found;
  throw mismatch(
    at,
    `value is not a valid enumeration member; permitted: ${Object.keys(choices).join(', ')}`,
  );
}

/** Clients send text with a mask beside it, `{image, mask}`, a list of both, or a list of one such object. */
function pictureOf(unit: sdapi.ControlNetUnit, at: Place): Pick<Unit, 'picture' | 'scribble'> {
  if (!isEmpty(unit.mask) && !isEmpty(unit.mask_image)) {
    throw mismatch([...at, 'mask'], "Cannot specify both 'mask' and 'mask_image'!");
  }
  const beside = isEmpty(unit.mask) ? unit.mask_image : unit.mask;
  const [image, mask] = pairOf(isEmpty(unit.image) ? unit.input_image : unit.image, beside, at);
  if (!isEmpty(image) && typeof image !== 'string') throw noText([...at, 'image']);
  if (!isEmpty(mask) && typeof mask !== 'string') throw noText([...at, 'mask']);
  if (isEmpty(image) && !isEmpty(mask)) {
    throw mismatch([...at, 'mask'], 'a mask belongs to a picture: send that as image', 'value_error.missing');
  }
  return { ...(!isEmpty(image) && { picture: image }), ...(!isEmpty(mask) && { scribble: mask }) };
}

function pairOf(given: unknown, beside: unknown, at: Place): readonly [unknown, unknown] {
  if (typeof given !== 'object' || given === null) return [given, beside];
  if (!Array.isArray(given)) {
    const { image, mask } = given as { readonly image?: unknown; readonly mask?: unknown };
    return [image, mask];
  }
  const [first, second] = given as readonly unknown[];
  const isOfObjects = typeof first === 'object' && first !== null;
  if (given.length === 1 && isOfObjects && !Array.isArray(first)) return pairOf(first, undefined, at);
  if (given.length === 2 && !isOfObjects) return [first, second];
  throw mismatch([...at, 'image'], 'a ControlNet follows one picture: send it, or a list of it and its mask');
}

function isEmpty(given: unknown): given is undefined | null | '' {
  return given === undefined || given === null || given === '';
}

function regionOf({ effective_region_mask: mask }: sdapi.ControlNetUnit, at: Place): Pick<Unit, 'mask'> {
  if (isEmpty(mask)) return {};
  if (typeof mask === 'string') return { mask };
  throw noText([...at, 'effective_region_mask']);
}

function noText(loc: Place): RequestMismatch {
  return mismatch(loc, 'str type expected', 'type_error.str');
}

function mismatch(loc: Place, msg: string, type = 'value_error'): RequestMismatch {
  return new RequestMismatch([{ loc: [...loc], msg, type }]);
}
