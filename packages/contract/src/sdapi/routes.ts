/** A1111's HTTP API as data, as far as this program speaks it. */
import type { Route } from '../routes.ts';
import * as controlNet from './control-net.ts';
import { generationResponseSchema, img2imgRequestSchema, txt2imgRequestSchema } from './generation.ts';
import * as lists from './lists.ts';
import * as pictures from './pictures.ts';
import * as progress from './progress.ts';
import {
  anyObjectSchema,
  emptySchema,
  memorySchema,
  nullSchema,
  outcomeSchema,
  quicksettingsHintSchema,
  startupProfileSchema,
  sysinfoQuerySchema,
  sysinfoSchema,
} from './system.ts';

const base = '/sdapi/v1';

function reads(path: string, summary: string, response: NonNullable<Route['response']>): Route {
  return { method: 'get', path: `${base}/${path}`, summary, status: 200, response };
}

function takes(path: string, summary: string, body: Route['body'], response?: Route['response']): Route {
  return {
    method: 'post',
    path: `${base}/${path}`,
    summary,
    ...(body !== undefined && { body }),
    status: 200,
    ...(response !== undefined && { response }),
  };
}

function asks(path: string, summary: string, response: NonNullable<Route['response']>): Route {
  return { method: 'get', path: `/controlnet/${path}`, summary, status: 200, response };
}

export const sdapiRoutes = {
  txt2img: takes('txt2img', 'Draw from words', txt2imgRequestSchema, generationResponseSchema),
  img2img: takes('img2img', 'Draw from a picture and words', img2imgRequestSchema, generationResponseSchema),
  extraSingleImage: takes(
    'extra-single-image',
    'Enlarge a picture',
    pictures.extraSingleRequestSchema,
    pictures.extraSingleResponseSchema,
  ),
  extraBatchImages: takes(
    'extra-batch-images',
    'Enlarge pictures',
    pictures.extraBatchRequestSchema,
    pictures.extraBatchResponseSchema,
  ),
  pngInfo: takes(
    'png-info',
    'The generation parameters inside a picture',
    pictures.pngInfoRequestSchema,
    pictures.pngInfoResponseSchema,
  ),
  interrogate: takes(
    'interrogate',
    'Describe a picture: no model for it is installed',
    pictures.interrogateRequestSchema,
    pictures.interrogateResponseSchema,
  ),
  progress: {
    ...reads('progress', 'What is running', progress.progressResponseSchema),
    query: progress.progressQuerySchema,
  },
  interrupt: takes('interrupt', "Stop the caller's running job", undefined, emptySchema),
  skip: takes('skip', "Go on to the next batch of the caller's running job", undefined, nullSchema),

  readOptions: reads('options', 'Settings', anyObjectSchema),
  writeOptions: takes('options', 'Change settings, the checkpoint among them', anyObjectSchema, nullSchema),
  cmdFlags: reads('cmd-flags', 'How the program was started', anyObjectSchema),
  memory: reads('memory', 'Memory of the machine', memorySchema),

  samplers: reads('samplers', 'Samplers', lists.samplerListSchema),
  schedulers: reads('schedulers', 'Schedules', lists.schedulerListSchema),
  upscalers: reads('upscalers', 'Upscalers', lists.upscalerListSchema),
  latentUpscaleModes: reads('latent-upscale-modes', 'Ways to enlarge latents', lists.namedListSchema),
  sdModels: reads('sd-models', 'Checkpoints', lists.sdModelListSchema),
  sdVae: reads('sd-vae', 'Separate VAE files', lists.vaeListSchema),
  hypernetworks: reads('hypernetworks', 'Hypernetworks', lists.hypernetworkListSchema),
  faceRestorers: reads('face-restorers', 'Face restorers', lists.faceRestorerListSchema),
  realesrganModels: reads('realesrgan-models', 'Real-ESRGAN models', lists.realesrganListSchema),
  promptStyles: reads('prompt-styles', 'Styles', lists.promptStyleListSchema),
  embeddings: reads('embeddings', 'Textual inversions', lists.embeddingsSchema),
  loras: reads('loras', 'LoRA files', lists.loraListSchema),
  scripts: reads('scripts', 'Scripts', lists.scriptListSchema),
  scriptInfo: reads('script-info', "Scripts' arguments", lists.scriptInfoListSchema),
  extensions: reads('extensions', 'Extensions', lists.extensionListSchema),

  refreshCheckpoints: takes('refresh-checkpoints', 'Look for new checkpoints', undefined, nullSchema),
  refreshVae: takes('refresh-vae', 'Look for new VAE files', undefined, nullSchema),
  refreshEmbeddings: takes('refresh-embeddings', 'Look for new textual inversions', undefined, nullSchema),
  refreshLoras: takes('refresh-loras', 'Look for new LoRA files', undefined, nullSchema),
  unloadCheckpoint: takes('unload-checkpoint', 'Free the memory of the checkpoint', undefined, emptySchema),
  reloadCheckpoint: takes('reload-checkpoint', 'Load the checkpoint again', undefined, emptySchema),

  createEmbedding: takes('create/embedding', 'Cannot be done here', anyObjectSchema, outcomeSchema),
  createHypernetwork: takes('create/hypernetwork', 'Cannot be done here', anyObjectSchema, outcomeSchema),
  trainEmbedding: takes('train/embedding', 'Cannot be done here', anyObjectSchema, outcomeSchema),
  trainHypernetwork: takes('train/hypernetwork', 'Cannot be done here', anyObjectSchema, outcomeSchema),

  serverKill: takes('server-kill', 'End the program, where its owner allows it', undefined, nullSchema),
  serverRestart: takes('server-restart', 'Start anew, where its owner allows it', undefined),
  serverStop: takes('server-stop', 'Stop the program, where its owner allows it', undefined),

  controlNetVersion: asks('version', "Version of the ControlNet extension's API", controlNet.versionSchema),
  controlNetModels: asks('model_list', 'Installed ControlNets', controlNet.modelListSchema),
  controlNetModules: {
    ...asks('module_list', 'Preprocessors and their numbers', controlNet.moduleListSchema),
    query: controlNet.moduleListQuerySchema,
  },
  controlNetTypes: asks(
    'control_types',
    'ControlNets and preprocessors by what they are for',
    controlNet.controlTypesSchema,
  ),
  controlNetSettings: asks('settings', 'How many units a client may offer', controlNet.settingsSchema),
  controlNetDetect: {
    method: 'post',
    path: '/controlnet/detect',
    summary: 'The map that a preprocessor makes of a picture',
    body: controlNet.detectRequestSchema,
    status: 200,
    response: controlNet.detectResponseSchema,
  },

  ping: {
    method: 'get',
    path: '/internal/ping',
    summary: 'Is anybody there?',
    status: 200,
    response: emptySchema,
  },
  pendingTasks: {
    method: 'get',
    path: '/internal/pending-tasks',
    summary: 'Tasks that wait',
    status: 200,
    response: progress.pendingTasksSchema,
  },
  quicksettingsHint: {
    method: 'get',
    path: '/internal/quicksettings-hint',
    summary: 'Settings by their names, as a page may offer them',
    status: 200,
    response: quicksettingsHintSchema,
  },
  profileStartup: {
    method: 'get',
    path: '/internal/profile-startup',
    summary: 'How long starting took',
    status: 200,
    response: startupProfileSchema,
  },
  sysinfo: {
    method: 'get',
    path: '/internal/sysinfo',
    summary: 'The machine, the program and its settings, without paths, names or secrets',
    query: sysinfoQuerySchema,
    status: 200,
    response: sysinfoSchema,
  },
  sysinfoDownload: {
    method: 'get',
    path: '/internal/sysinfo-download',
    summary: 'The same as a file',
    status: 200,
    response: sysinfoSchema,
  },
  taskProgress: {
    method: 'post',
    path: '/internal/progress',
    summary: 'How far a task is',
    body: progress.taskProgressRequestSchema,
    status: 200,
    response: progress.taskProgressResponseSchema,
  },
} as const satisfies Readonly<Record<string, Route>>;

export type SdapiRouteName = keyof typeof sdapiRoutes;
