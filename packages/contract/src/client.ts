/** A typed client of the native API; works in browsers and in Node. */
import type { AdapterList } from './adapter.ts';
import type { ErrorBody } from './errors.ts';
import type { Generation, GenerationPage, Queue } from './generation.ts';
import type { Choices, ModelInfo, Status, VaeList } from './model.ts';
import type { Picture, PicturePage, PictureQuery } from './picture.ts';
import type { ReadRecipe, RecipeInput } from './recipe.ts';
import type { Media } from './start.ts';
import type { MergeInput, Task, UpscaleInput, UpscalerList } from './task.ts';

/** What the server refused, with its stable code. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;

  constructor(status: number, body: ErrorBody['error']) {
    super(body.message);
    this.status = status;
    this.code = body.code;
    this.field = body.field;
  }
}

export type Client = ReturnType<typeof createClient>;

/**
 * @param base Origin of the server, '' for the page's own.
 * @param fetcher `fetch`, or SvelteKit's.
 * @example const { pictures } = await createClient('http://127.0.0.1:7860').listPictures({ search: 'apple' });
 */
export function createClient(base = '', fetcher: typeof fetch = globalThis.fetch) {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const raw = body instanceof Blob || body instanceof Uint8Array;
    const response = await fetcher(`${base}/api/v1${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': raw ? 'application/octet-stream' : 'application/json' },
        body: raw ? (body as BodyInit) : JSON.stringify(body),
      }),
    });
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
    const failure = (await response.json().catch(() => undefined)) as ErrorBody | undefined;
    throw new ApiError(
      response.status,
      failure?.error ?? { code: 'server.failed', message: `${response.status} ${response.statusText}` },
    );
  }
  const id = encodeURIComponent;
  return {
    status: () => call<Status>('GET', '/status'),
    listModels: () => call<{ models: ModelInfo[] }>('GET', '/models'),
    refreshModels: () => call<{ models: ModelInfo[] }>('POST', '/models/refresh'),
    listVaes: () => call<VaeList>('GET', '/vaes'),
    listChoices: () => call<Choices>('GET', '/choices'),
    createGeneration: (recipe: RecipeInput) => call<Generation>('POST', '/generations', recipe),
    listGenerations: (query: Record<string, string | number> = {}) =>
      call<GenerationPage>('GET', `/generations${search(query)}`),
    getGeneration: (key: string) => call<Generation>('GET', `/generations/${id(key)}`),
    cancelGeneration: (key: string) => call<Generation>('POST', `/generations/${id(key)}/cancel`),
    deleteGeneration: (key: string) => call<void>('DELETE', `/generations/${id(key)}`),
    getQueue: () => call<Queue>('GET', '/queue'),
    listPictures: (query: PictureQuery = {}) => call<PicturePage>('GET', `/pictures${search(query)}`),
    getPicture: (key: string) => call<Picture>('GET', `/pictures/${id(key)}`),
    deletePicture: (key: string) => call<void>('DELETE', `/pictures/${id(key)}`),
    sendPicture: (picture: Blob | Uint8Array) => call<Media>('POST', '/media', picture),
    readRecipe: (picture: Blob | Uint8Array) => call<ReadRecipe>('POST', '/recipes/read', picture),
    listAdapters: () => call<AdapterList>('GET', '/adapters'),
    listUpscalers: () => call<UpscalerList>('GET', '/upscalers'),
    upscale: (order: UpscaleInput) => call<Task>('POST', '/upscale', order),
    mergeModels: (order: MergeInput) => call<Task>('POST', '/models/merge', order),
    listTasks: () => call<{ tasks: Task[] }>('GET', '/tasks'),
    getTask: (key: string) => call<Task>('GET', `/tasks/${id(key)}`),
    cancelTask: (key: string) => call<Task>('POST', `/tasks/${id(key)}/cancel`),
    deleteTask: (key: string) => call<void>('DELETE', `/tasks/${id(key)}`),
    eventsUrl: () => `${base}/api/v1/events`,
  };
}

function search(query: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return pairs.length === 0
    ? ''
    : `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`;
}
