/** A1111's extras: pictures enlarged by the worker, for a client that waits. */
import { AppError, type sdapi, type Task as WorkerTask } from '@bottega/contract';
import { readInfotext } from '@bottega/diffusion';
import { engineStatus } from '../../../errors/engine-status.ts';
import type { TaskInput } from '../../../tasks/tasks.ts';
import type { TaskRequest } from '../../../tasks/kinds.ts';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { formatOf, inFormat } from '../generate/picture-format.ts';
import { refusal, SdapiRefusal } from '../refusal.ts';
import type { SdapiServices } from '../services.ts';
import type { Task } from '../tasks.ts';
import { decodePicture } from './decode.ts';
import { nameUnreadable } from './keep-picture.ts';

export type Extras = {
  /** In base64, in the format of the settings, in the order of the pictures; fewer where the client interrupted. */
  readonly images: readonly string[];
  readonly html: string;
};

export type Wishes = { readonly options: sdapi.ExtrasOptions; readonly settings: JsonObject };

/**
 * @param pictures As the request has them.
 * @param signal Aborted when the client has gone: its task goes with it.
 * @throws SdapiRefusal for upscalers that are not installed and for pictures that cannot be enlarged.
 */
export async function enlarge(
  services: SdapiServices,
  task: Task,
  { options, settings }: Wishes,
  pictures: readonly string[],
  signal: AbortSignal,
): Promise<Extras> {
  formatOf(settings);
  const request = await requestOf(services.upscalers, options);
  const begun = (id: string): void => {
    task.errand = id;
  };
  return await done(services, { request, pictures, settings }, begun, signal);
}

/**
 * As `enlarge` for one picture. Where the client interrupts, the picture comes to its size without the upscaler, by
 * Lanczos: A1111 goes on with what it has.
 */
export async function enlargeOne(
  services: SdapiServices,
  task: Task,
  wishes: Wishes,
  picture: string,
  signal: AbortSignal,
): Promise<{ readonly image: string; readonly html: string }> {
  const { images, html } = await enlarge(services, task, wishes, [picture], signal);
  if (images.length > 0) return { image: images[0], html };
  const { second: _, ...usual } = await requestOf(services.upscalers, wishes.options);
  const job = { request: { ...usual, upscaler: 'Lanczos' }, pictures: [picture], settings: wishes.settings };
  // Nobody can interrupt this one, so that there is an answer.
  const plain = await done(services, job, () => {}, signal);
  if (plain.images.length === 0) throw refusal(500, 'The job was deleted while it waited or ran.');
  return { image: plain.images[0], html: plain.html };
}

type ErrandJob = {
  readonly request: TaskRequest;
  readonly pictures: readonly string[];
  readonly settings: JsonObject;
};

async function done(
  services: SdapiServices,
  { request, pictures, settings }: ErrandJob,
  begun: (id: string) => void,
  signal: AbortSignal,
): Promise<Extras> {
  const { id } = await accepted(services, request, pictures);
  begun(id);
  try {
    const ended = await services.tasks.finished(id, signal);
    if (ended.state === 'failed') throw failure(ended);
    return { images: await filesOf(services, ended, settings), html: `<p>${escaped(ended.note ?? '')}</p>` };
  } finally {
    await services.tasks.remove(id).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    });
  }
}

/** Uploads live until the task holds what they hold. */
async function accepted(
  { tasks, uploads }: SdapiServices,
  request: TaskRequest,
  pictures: readonly string[],
): Promise<WorkerTask> {
  const held: Awaited<ReturnType<typeof uploads.keep>>[] = [];
  const inputs: TaskInput[] = [];
  try {
    for (const [i, picture] of pictures.entries()) {
      const file = await decodePicture(picture);
      const field = pictures.length > 1 ? `imageList.${i}.data` : 'image';
      const upload = await nameUnreadable(field, uploads.keep(file));
      held.push(upload);
      inputs.push({ media: upload.id, infotext: readInfotext(file) });
    }
    return await tasks.create(request, inputs);
  } finally {
    for (const upload of held) await uploads.forget(upload);
  }
}

async function requestOf(
  upscalers: SdapiServices['upscalers'],
  options: sdapi.ExtrasOptions,
): Promise<Extract<TaskRequest, { readonly kind: 'upscale' }>> {
  const list = await upscalers.list();
  const named = (wanted: string): string => {
    const known = list.filter(({ problem }) => problem === undefined);
    const found = known.find(({ name, title }) => name === wanted || title === wanted);
    if (found === undefined) throw notFound(wanted);
    return found.name;
  };
  const isNone = options.upscaler_1 === 'None' || options.upscaler_1 === '';
  const upscaler = isNone ? 'None' : named(options.upscaler_1);
  const share = options.extras_upscaler_2_visibility;
  // Without a first upscaler A1111 never looks for the second.
  const second =
    isNone || options.upscaler_2 === '' ? undefined : { upscaler: named(options.upscaler_2), share };
  const to =
    options.resize_mode === 0
      ? { scale: options.upscaling_resize }
      : {
          width: options.upscaling_resize_w,
          height: options.upscaling_resize_h,
          crop: options.upscaling_crop,
        };
  return { kind: 'upscale', upscaler, ...(second !== undefined && { second }), to };
}

async function filesOf(
  { media }: SdapiServices,
  { pictures }: WorkerTask,
  settings: JsonObject,
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const { id, infotext = '' } of pictures) {
    const png = await media.get(Buffer.from(id, 'hex'));
    if (png !== undefined)
      files.push(Buffer.from(await inFormat(png, infotext, settings)).toString('base64'));
  }
  return files;
}

function failure({ error }: WorkerTask): SdapiRefusal {
  const { code = 'server.failed', message = 'Enlarging failed.' } = error ?? {};
  const statuses: Readonly<Record<string, number>> = engineStatus;
  return new SdapiRefusal(statuses[code] ?? 500, { error: code, detail: message, errors: message });
}

/** As Python's `html.escape` does. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#x27;',
  };
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign]);
}

function notFound(name: string): SdapiRefusal {
  const errors = `could not find upscaler named ${name.slice(0, 200)}`;
  return new SdapiRefusal(500, { error: 'AssertionError', errors });
}
