/** Progress, interrupt and skip, and what A1111's own page asks. */
import { sdapi, type Task as WorkerTask } from '@bottega/contract';
import { type Context, Hono } from 'hono';
import { loadSharp } from '../../../media/load-sharp.ts';
import { userIn } from '../authentication.ts';
import { clientOf } from '../client.ts';
import { readBody, readQuery, wordsLimit } from '../request.ts';
import type { SdapiServices } from '../services.ts';
import type { SdapiSetup } from '../setup.ts';
import type { Task, Tasks } from '../tasks.ts';
import { currentFor, currentJobs, reportErrand, reportProgress } from './report.ts';

export function progressRoutes(
  { studio, tasks: errands }: Pick<SdapiServices, 'studio' | 'tasks'>,
  { administrators }: SdapiSetup,
  tasks: Tasks,
): Hono {
  const taskOf = (generation: string | undefined): Task | undefined =>
    generation === undefined ? undefined : tasks.open().find((task) => task.generation === generation);

  /** Stops what the caller has running; what waits goes on, and what others do, but for administrators. */
  async function stop(c: Context, how: 'interrupted' | 'skipped'): Promise<void> {
    const client = clientOf(c);
    const mayAll = administrators?.has(userIn(c.req.header('authorization')) ?? '') === true;
    for (const { id } of currentJobs(await studio.queue())) {
      const task = taskOf(id);
      if (task?.client !== client && !mayAll) continue;
      // A script goes on with its next drawing; another job as a new one, without the batch.
      if (how === 'skipped' && (await studio.skip(id).catch(() => false))) continue;
      if (task !== undefined) task[how] = true;
      // It may have ended in this moment, which is as good.
      await studio.cancel(id).catch(() => undefined);
    }
    for (const task of tasks.open()) {
      const errand = await running(task);
      if (errand === undefined || (task.client !== client && !mayAll)) continue;
      task[how] = true;
      await errands.cancel(errand.id).catch(() => undefined);
    }
  }

  /** What enlarges pictures for a task, once it has begun. */
  async function running({ errand }: Task): Promise<WorkerTask | undefined> {
    const found = errand === undefined ? undefined : await errands.get(errand).catch(() => undefined);
    return found?.state === 'running' ? found : undefined;
  }

  /** The caller's own, else anybody's. */
  async function runningErrand(client: string): Promise<WorkerTask | undefined> {
    const open = tasks.open().toSorted((a, b) => Number(b.client === client) - Number(a.client === client));
    for (const task of open) {
      const errand = await running(task);
      if (errand !== undefined) return errand;
    }
    return undefined;
  }

  return new Hono()
    .get('/sdapi/v1/progress', async (c) => {
      const { skip_current_image: skipped } = readQuery(c, sdapi.progressQuerySchema);
      const errand = await runningErrand(clientOf(c));
      if (errand !== undefined) return c.json(reportErrand(errand));
      const generation = currentFor(clientOf(c), await studio.queue(), tasks);
      const preview = skipped ? null : await previewAsPng(generation?.preview);
      return c.json(reportProgress(generation, taskOf(generation?.id), preview));
    })
    .post('/sdapi/v1/interrupt', async (c) => {
      await stop(c, 'interrupted');
      return c.json({});
    })
    .post('/sdapi/v1/skip', async (c) => {
      await stop(c, 'skipped');
      return c.json(null);
    })
    .get('/internal/ping', (c) => c.json({}))
    .get('/internal/pending-tasks', async (c) => {
      const names = (await pending()).map(({ id }) => id);
      return c.json({ size: names.length, tasks: names });
    })
    .post('/internal/progress', async (c) => {
      const asked = await readBody(c, sdapi.taskProgressRequestSchema, wordsLimit);
      const { running } = await studio.queue();
      const task = tasks.open().findLast(({ id }) => id === asked.id_task);
      const generation = running.find(({ id }) => id === task?.generation);
      if (generation === undefined) return c.json(await waitingTask(asked.id_task));
      const number = generation.progress?.step ?? 0;
      const isNew =
        asked.live_preview && generation.preview !== undefined && number !== asked.id_live_preview;
      return c.json({
        active: true,
        queued: false,
        completed: false,
        progress: generation.progress?.fraction ?? 0,
        eta: generation.progress?.secondsRemaining ?? null,
        live_preview: isNew ? generation.preview : null,
        id_live_preview: isNew ? number : asked.id_live_preview,
        textinfo: null,
      });
    });

  /** Tasks that have not begun. */
  async function pending(): Promise<readonly Task[]> {
    const running = new Set((await studio.queue()).running.map(({ id }) => id));
    return tasks.open().filter(({ generation }) => generation === undefined || !running.has(generation));
  }

  async function waitingTask(id: string | null): Promise<sdapi.TaskProgressResponse> {
    const waiting = await pending();
    const place = waiting.findIndex((task) => task.id === id);
    return {
      active: false,
      queued: place >= 0,
      completed: id !== null && tasks.isFinished(id),
      progress: null,
      eta: null,
      live_preview: null,
      id_live_preview: -1,
      textinfo: place >= 0 ? `In queue: ${place + 1}/${waiting.length}` : 'Waiting...',
    };
  }
}

/** Clients put `data:image/png;base64,` before it. */
async function previewAsPng(preview: string | undefined): Promise<string | null> {
  const found = /^data:image\/(\w+);base64,(.+)$/s.exec(preview ?? '');
  if (found === null) return null;
  const [, kind, data] = found;
  if (kind === 'png') return data;
  const sharp = await loadSharp();
  return (await sharp(Buffer.from(data, 'base64')).png().toBuffer()).toString('base64');
}
