/** A1111's API (`/sdapi/v1`) as this program speaks it: requests, answers, settings. */
export * from './control-net.ts';
export {
  sdapiErrorSchema,
  validationErrorSchema,
  type SdapiErrorBody,
  type ValidationErrorBody,
} from './errors.ts';
export {
  generationInfoSchema,
  generationResponseSchema,
  img2imgRequestSchema,
  txt2imgRequestSchema,
  type GenerationInfo,
  type GenerationResponse,
  type Img2ImgRequest,
  type Txt2ImgRequest,
} from './generation.ts';
export type { FieldError } from './kinds.ts';
export * from './lists.ts';
export { lockedOptions, optionDefaults, type OptionValue } from './option-defaults.ts';
export * from './pictures.ts';
export * from './progress.ts';
export { sdapiRoutes, type SdapiRouteName } from './routes.ts';
export * from './system.ts';
