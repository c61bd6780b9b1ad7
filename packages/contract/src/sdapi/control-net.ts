/** The API of A1111's ControlNet extension (sd-webui-controlnet 1.1.455): units in `alwayson_scripts`, `/controlnet/*`. */
import { z } from 'zod';
import { flag, float, integer, text, texts } from './kinds.ts';

const share = { min: 0, max: 1 };

/** A picture is base64, or an object or a list with a mask beside it. */
const picture = z.unknown().optional();
/** A number or a name. */
const choice = z.union([z.string(), z.int(), z.null()]).optional();

/** One of `alwayson_scripts.controlnet.args`. Unknown keys are ignored, older names are read. */
export const controlNetUnitSchema = z.object({
  enabled: flag(true),
  module: text('none', 300),
  model: text('None', 300),
  weight: float(1, { min: 0, max: 2 }),
  image: picture,
  input_image: picture,
  mask: picture,
  mask_image: picture,
  /** Where the unit counts: white. */
  effective_region_mask: picture,
  resize_mode: choice,
  processor_res: float(-1),
  threshold_a: float(-1),
  threshold_b: float(-1),
  guidance_start: float(0, share),
  guidance_end: float(null, share),
  guidance: float(null, share),
  pixel_perfect: flag(false),
  control_mode: choice,
  hr_option: text('Both', 100),
  save_detected_map: flag(true),
});
export type ControlNetUnit = z.output<typeof controlNetUnitSchema>;

export const versionSchema = z.object({ version: z.int() });
export const modelListSchema = z.object({ model_list: z.array(z.string()) });
export const settingsSchema = z.object({ control_net_unit_count: z.int() });

export const moduleListQuerySchema = z.object({ alias_names: flag(false) });
const slider = z.object({
  name: z.string(),
  value: z.number(),
  min: z.number(),
  max: z.number(),
  step: z.number(),
});
export const moduleListSchema = z.object({
  module_list: z.array(z.string()),
  module_detail: z.record(z.string(), z.object({ model_free: z.boolean(), sliders: z.array(slider) })),
});
export type ModuleList = z.output<typeof moduleListSchema>;

const controlType = z.object({
  module_list: z.array(z.string()),
  model_list: z.array(z.string()),
  default_option: z.string(),
  default_model: z.string(),
});
export const controlTypesSchema = z.object({ control_types: z.record(z.string(), controlType) });
export type ControlTypes = z.output<typeof controlTypesSchema>;

export const detectRequestSchema = z.object({
  controlnet_module: text('none', 300),
  controlnet_input_images: texts([]),
  controlnet_processor_res: integer(-1),
  controlnet_threshold_a: float(-1),
  controlnet_threshold_b: float(-1),
  controlnet_masks: texts([]),
  low_vram: flag(false),
});
export type DetectRequest = z.output<typeof detectRequestSchema>;
export const detectResponseSchema = z.object({ info: z.string(), images: z.array(z.string()).optional() });
export type DetectResponse = z.output<typeof detectResponseSchema>;
