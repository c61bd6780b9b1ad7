/** The native HTTP API as data: server, client and OpenAPI are all made from this table. */
import { z } from 'zod';
import { generationPageSchema, generationSchema, queueSchema } from './generation.ts';
import { adapterListSchema } from './adapter.ts';
import { choicesSchema, modelListSchema, statusSchema, vaeListSchema } from './model.ts';
import { picturePageSchema, pictureQuerySchema, pictureSchema } from './picture.ts';
import { readRecipeSchema, recipeSchema } from './recipe.ts';
import { mediaSchema } from './start.ts';
import { mergeSchema, taskListSchema, taskSchema, upscalerListSchema, upscaleSchema } from './task.ts';

export type Route = {
  readonly method: 'get' | 'post' | 'delete';
  /** OpenAPI form: `{id}` is a parameter. */
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodType;
  /** JSON body, or a picture's bytes. */
  readonly body?: z.ZodType | 'picture';
  readonly status: number;
  readonly response?: z.ZodType;
};

const generationQuery = z.object({
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(20),
});

export const routes = {
  status: {
    method: 'get',
    path: '/api/v1/status',
    summary: 'What the server is doing',
    status: 200,
    response: statusSchema,
  },
  listModels: {
    method: 'get',
    path: '/api/v1/models',
    summary: 'Installed models',
    status: 200,
    response: modelListSchema,
  },
  refreshModels: {
    method: 'post',
    path: '/api/v1/models/refresh',
    summary: 'Look for new model files',
    status: 200,
    response: modelListSchema,
  },
  listVaes: {
    method: 'get',
    path: '/api/v1/vaes',
    summary: 'Installed VAE files, which recipes may name',
    status: 200,
    response: vaeListSchema,
  },
  listChoices: {
    method: 'get',
    path: '/api/v1/choices',
    summary: 'Samplers and schedules',
    status: 200,
    response: choicesSchema,
  },
  createGeneration: {
    method: 'post',
    path: '/api/v1/generations',
    summary: 'Order pictures',
    body: recipeSchema,
    status: 202,
    response: generationSchema,
  },
  listGenerations: {
    method: 'get',
    path: '/api/v1/generations',
    summary: 'Generations, newest first',
    query: generationQuery,
    status: 200,
    response: generationPageSchema,
  },
  getGeneration: {
    method: 'get',
    path: '/api/v1/generations/{id}',
    summary: 'One generation',
    status: 200,
    response: generationSchema,
  },
  cancelGeneration: {
    method: 'post',
    path: '/api/v1/generations/{id}/cancel',
    summary: 'Stop it, or take it out of the queue',
    status: 200,
    response: generationSchema,
  },
  deleteGeneration: {
    method: 'delete',
    path: '/api/v1/generations/{id}',
    summary: 'Delete it with its pictures',
    status: 204,
  },
  getQueue: {
    method: 'get',
    path: '/api/v1/queue',
    summary: 'What runs and what waits',
    status: 200,
    response: queueSchema,
  },
  listPictures: {
    method: 'get',
    path: '/api/v1/pictures',
    summary: 'The gallery, newest first',
    query: pictureQuerySchema,
    status: 200,
    response: picturePageSchema,
  },
  getPicture: {
    method: 'get',
    path: '/api/v1/pictures/{id}',
    summary: 'One picture',
    status: 200,
    response: pictureSchema,
  },
  deletePicture: {
    method: 'delete',
    path: '/api/v1/pictures/{id}',
    summary: 'Delete a picture',
    status: 204,
  },
  sendPicture: {
    method: 'post',
    path: '/api/v1/media',
    summary: 'Send a picture to start from; it is kept for a day, or as long as what starts from it',
    body: 'picture',
    status: 201,
    response: mediaSchema,
  },
  listAdapters: {
    method: 'get',
    path: '/api/v1/adapters',
    summary: 'Installed files that prompts may name: LoRA and its relatives, embeddings, hypernetworks',
    status: 200,
    response: adapterListSchema,
  },
  listUpscalers: {
    method: 'get',
    path: '/api/v1/upscalers',
    summary: 'Upscalers: plain resizing, those that come with the program, and installed files',
    status: 200,
    response: upscalerListSchema,
  },
  upscale: {
    method: 'post',
    path: '/api/v1/upscale',
    summary: 'Enlarge pictures',
    body: upscaleSchema,
    status: 202,
    response: taskSchema,
  },
  mergeModels: {
    method: 'post',
    path: '/api/v1/models/merge',
    summary: 'Merge models into a new one',
    body: mergeSchema,
    status: 202,
    response: taskSchema,
  },
  listTasks: {
    method: 'get',
    path: '/api/v1/tasks',
    summary: 'The latest tasks, newest first',
    status: 200,
    response: taskListSchema,
  },
  getTask: {
    method: 'get',
    path: '/api/v1/tasks/{id}',
    summary: 'One task',
    status: 200,
    response: taskSchema,
  },
  cancelTask: {
    method: 'post',
    path: '/api/v1/tasks/{id}/cancel',
    summary: 'Stop it, or take it out of the queue',
    status: 200,
    response: taskSchema,
  },
  deleteTask: {
    method: 'delete',
    path: '/api/v1/tasks/{id}',
    summary: 'Delete it with its pictures; a merged model stays',
    status: 204,
  },
  readRecipe: {
    method: 'post',
    path: '/api/v1/recipes/read',
    summary: 'Read the recipe inside a PNG, JPEG or WebP',
    body: 'picture',
    status: 200,
    response: readRecipeSchema,
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
