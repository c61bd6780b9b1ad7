/** What server, page, command line and other programs agree on. */
export { adapterListSchema, adapterSchema, type Adapter, type AdapterList } from './adapter.ts';
export { ApiError, createClient, type Client } from './client.ts';
export { AppError, appErrors, type AppErrorCode, type ErrorBody } from './errors.ts';
export { controlSchema, type Control } from './control.ts';
export { serverEventSchema, type ServerEvent } from './events.ts';
export {
  generationPageSchema,
  generationSchema,
  generationStateSchema,
  progressSchema,
  queueSchema,
  type Generation,
  type GenerationPage,
  type GenerationState,
  type Progress,
  type Queue,
} from './generation.ts';
export {
  choicesSchema,
  modelListSchema,
  modelSchema,
  statusSchema,
  type Choices,
  type ModelInfo,
  type Status,
  type VaeList,
  vaeListSchema,
} from './model.ts';
export { hiresSchema, type Hires } from './hires.ts';
export { openApiDocument } from './openapi.ts';
export {
  picturePageSchema,
  pictureQuerySchema,
  pictureSchema,
  type Picture,
  type PicturePage,
  type PictureQuery,
} from './picture.ts';
export { readRecipeSchema, recipeSchema, type ReadRecipe, type Recipe, type RecipeInput } from './recipe.ts';
export { routes, type Route, type RouteName } from './routes.ts';
export {
  axisSchema,
  cellSchema,
  scriptSchema,
  type Axis,
  type Cell,
  type Script,
  type ScriptName,
} from './script.ts';
export * as sdapi from './sdapi/index.ts';
export {
  maskSchema,
  mediaIdSchema,
  mediaSchema,
  readStartSchema,
  startSchema,
  type Media,
  type Start,
} from './start.ts';
export {
  mergeSchema,
  taskListSchema,
  taskSchema,
  upscalerListSchema,
  upscaleSchema,
  type Merge,
  type MergeInput,
  type Task,
  type Upscale,
  type UpscaleInput,
  type UpscalerList,
} from './task.ts';
