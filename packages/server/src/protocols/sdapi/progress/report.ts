/** The running job as A1111's progress calls tell it. */
import type { Generation, Queue, sdapi, Task as Errand } from '@bottega/contract';
import { timestamp } from '../generate/info.ts';
import type { Task, Tasks } from '../tasks.ts';

/** What runs; where nothing does, what is about to: A1111 counts a job as running while it loads its model. */
export function currentJobs({ running, queued }: Queue): readonly Generation[] {
  return running.length > 0 ? running : queued.slice(0, 1);
}

/** The caller's own job among them, else any. */
export function currentFor(client: string, queue: Queue, tasks: Tasks): Generation | undefined {
  const own = new Set(
    tasks.open().flatMap((task) => (task.client === client ? (task.generation ?? []) : [])),
  );
  const jobs = currentJobs(queue);
  return jobs.find(({ id }) => own.has(id)) ?? jobs[0];
}

/** A1111 never tells 0 while something runs: clients take 0 for idle. */
const least = 0.01;

/** `preview` in base64, as PNG. */
export function reportProgress(
  generation: Generation | undefined,
  task: Task | undefined,
  preview: string | null,
): sdapi.ProgressResponse {
  if (generation === undefined) {
    return { progress: 0, eta_relative: 0, state: idle, current_image: null, textinfo: null };
  }
  const { progress, recipe, startedAt, cells } = generation;
  const batches = recipe.batchCount * (cells?.length ?? 1);
  const stepsInBatch = progress === undefined ? (recipe.steps ?? 0) : Math.ceil(progress.steps / batches);
  const step = progress?.step ?? 0;
  const batch = Math.min(batches - 1, Math.floor(step / Math.max(1, stepsInBatch)));
  return {
    progress: Math.min(1, Math.max(least, progress?.fraction ?? 0)),
    eta_relative: progress?.secondsRemaining ?? 0,
    state: {
      skipped: task?.skipped ?? false,
      interrupted: task?.interrupted ?? false,
      stopping_generation: false,
      job: nameOf(generation, batch, batches),
      job_count: batches,
      job_timestamp: startedAt === undefined ? '0' : timestamp(new Date(startedAt)),
      job_no: batch,
      sampling_step: step - batch * stepsInBatch,
      sampling_steps: stepsInBatch,
    },
    current_image: preview,
    textinfo: null,
  };
}

function nameOf({ cells }: Generation, batch: number, batches: number): string {
  if (batches < 2) return 'scripts_txt2img';
  return cells === undefined ? `Batch ${batch + 1} out of ${batches}` : `${batch + 1} out of ${batches}`;
}

/** Enlarging pictures: "extras". */
export function reportErrand({ fraction = 0, startedAt }: Errand): sdapi.ProgressResponse {
  return {
    progress: Math.max(least, fraction),
    eta_relative: 0,
    state: {
      ...idle,
      job: 'extras',
      job_count: 1,
      job_timestamp: startedAt === undefined ? '0' : timestamp(new Date(startedAt)),
    },
    current_image: null,
    textinfo: null,
  };
}

const idle: sdapi.ProgressResponse['state'] = {
  skipped: false,
  interrupted: false,
  stopping_generation: false,
  job: '',
  job_count: 0,
  job_timestamp: '0',
  job_no: 0,
  sampling_step: 0,
  sampling_steps: 0,
};
