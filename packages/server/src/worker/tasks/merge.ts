/** Merges models; what a task asks is resolved already. */
import type { MergeRequest } from '@bottega/diffusion';
import type { TaskResult } from '../../tasks/kinds.ts';
import type { Run } from './run-task.ts';

export async function merge(request: MergeRequest, { signal, report }: Run): Promise<TaskResult> {
  const { mergeCheckpoints } = await import('@bottega/diffusion');
  const { name } = await mergeCheckpoints(request, { signal, onProgress: report });
  return { model: name };
}
