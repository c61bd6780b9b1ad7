/** One unit of the ControlNet extension, as clients write it, read into what this program calls a control. */
import { type Control, sdapi } from '@bottega/contract';
import { findPreprocessor } from '@bottega/diffusion';
import { fitAt, RequestMismatch } from '../request.ts';

/** A unit without the pictures, which are still text. */
export type Unit = {
  readonly control: Omit<Control, 'image' | 'mask'>;
  /** As it was sent; absent, the picture of img2img counts. */
  readonly picture?: string;
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

/** Clients send text, `{image, mask}`, or a list of both; masks mean something only to what is not here. */
function pictureOf(unit: sdapi.ControlNetUnit, at: Place): Pick<Unit, 'picture'> {
  const given = unit.image ?? unit.input_image ?? undefined;
  const [image, mask] = isPair(given) ? given : parts(given);
  for (const one of [mask, unit.mask, unit.mask_image]) {
    if (one !== undefined && one !== null && one !== '') {
      throw mismatch(
        [...at, 'mask'],
        'masks of pictures are not available in this version; effective_region_mask says where a unit counts',
      );
    }
  }
  if (image === undefined || image === null || image === '') return {};
  if (typeof image !== 'string') throw mismatch([...at, 'image'], 'str type expected', 'type_error.str');
  return { picture: image };
}

function regionOf({ effective_region_mask: mask }: sdapi.ControlNetUnit, at: Place): Pick<Unit, 'mask'> {
  if (mask === undefined || mask === null || mask === '') return {};
  if (typeof mask === 'string') return { mask };
  throw mismatch([...at, 'effective_region_mask'], 'str type expected', 'type_error.str');
}

function isPair(given: unknown): given is readonly [unknown, unknown] {
  return Array.isArray(given) && given.length === 2;
}

function parts(given: unknown): readonly unknown[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return [given];
  const { image, mask } = given as { readonly image?: unknown; readonly mask?: unknown };
  return [image, mask];
}

function mismatch(loc: Place, msg: string, type = 'value_error'): RequestMismatch {
  return new RequestMismatch([{ loc: [...loc], msg, type }]);
}
