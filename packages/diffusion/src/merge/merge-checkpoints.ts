import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { widthOf } from '../checkpoint/element-width.ts';
import { openWeights } from '../checkpoint/open-weights.ts';
import { safetensorsHeader } from '../checkpoint/safetensors-header.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import { EngineError } from '../errors.ts';
import { sizeOf } from '../tensor.ts';
import { copyConfig } from './copy-config.ts';
import type { MergeMethod, MergeOptions, MergeRequest, MergeResult } from './merge-request.ts';
import { mergedBytes } from './merge-tensor.ts';
import type { Sources } from './merge-tensor.ts';
import { writeNewFile } from './new-file.ts';
import { planMerge } from './plan.ts';
import type { MergeFiles, MergePlan, TensorPlan } from './plan.ts';
import { recipeOf } from './recipe.ts';
import { resultName } from './result-name.ts';
import { openSource } from './tensor-source.ts';
import type { TensorSource } from './tensor-source.ts';

/** Of the time, what hashing the sources takes. */
const shareOfHashing = 0.2;

/**
 * Merges checkpoints into a new safetensors file, as A1111's checkpoint merger does, tensor by tensor: memory does
 * not grow with the models. The file is there as a whole or not at all.
 * @throws EngineError 'merge.mismatch' for models that do not go together, 'merge.exists', 'merge.no-room',
 *   'merge.unwritable', 'request.invalid', 'checkpoint.*', 'generation.cancelled'.
 * @example
 *   const { path } = await mergeCheckpoints({ a: 'x.safetensors', b: 'y.safetensors', ratio: 0.5, folder: 'models' });
 */
export async function mergeCheckpoints(
  request: MergeRequest,
  options: MergeOptions = {},
): Promise<MergeResult> {
  const { method, ratio } = checked(request);
  const files = await openFiles(request, method);
  const plan = planMerge(files, { method, ratio, half: request.half ?? false, discard: request.discard });
  const name = resultName(request, method, ratio, plan.variant);
  const path = join(resolve(request.folder), `${name}.safetensors`);

  const hashing = request.metadata === false ? 0 : shareOfHashing;
  const metadata =
    request.metadata === false
      ? {}
      : await withCancel(options.signal, () =>
          recipeOf(request, plan, files, {
            signal: options.signal,
            onProgress: (fraction) => options.onProgress?.(fraction * hashing),
          }),
        );
  const bytes = await writeMerged(path, plan, files, metadata, {
    signal: options.signal,
    onProgress: (fraction) => options.onProgress?.(hashing + fraction * (1 - hashing)),
  });
  try {
    await copyConfig(request, path);
  } catch (error) {
    await rm(path, { force: true });
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new EngineError('merge.unwritable', { folder: request.folder, reason }, { cause: error });
  }
  options.onProgress?.(1);
  return { path, name, bytes };
}

function checked({ b, c, method, ratio = 0.3 }: MergeRequest): { method: MergeMethod; ratio: number } {
  const chosen = method ?? (b === undefined ? 'no-interpolation' : 'weighted-sum');
  if (!(ratio >= -4 && ratio <= 4)) throw refuse('ratio', `must be -4 to 4, not ${ratio}`);
  if (chosen !== 'no-interpolation' && b === undefined) throw refuse('b', 'is needed: the model to mix in');
  if (chosen === 'add-difference' && c === undefined) {
    throw refuse('c', 'is needed: the model that b is compared with');
  }
  return { method: chosen, ratio };
}

function refuse(field: string, reason: string): EngineError {
  return new EngineError('request.invalid', { field, reason });
}

async function openFiles({ a, b, c, vae }: MergeRequest, method: MergeMethod): Promise<MergeFiles> {
  return {
    a: await openWeights(a),
    b: method === 'no-interpolation' ? undefined : await openIfGiven(b),
    c: method === 'add-difference' ? await openIfGiven(c) : undefined,
    vae: await openIfGiven(vae),
  };
}

async function openIfGiven(path: string | undefined): Promise<WeightFile | undefined> {
  return path === undefined ? undefined : await openWeights(path);
}

async function writeMerged(
  path: string,
  plan: MergePlan,
  files: MergeFiles,
  metadata: Readonly<Record<string, string>>,
  { signal, onProgress }: MergeOptions,
): Promise<number> {
  const { header, order } = safetensorsHeader(plan.tensors, metadata);
  const total = order.reduce((sum, { shape, type }) => sum + sizeOf(shape) * widthOf(type), header.length);
  const planned = new Map<string, TensorPlan>(plan.tensors.map((tensor) => [tensor.name, tensor]));
  await using stack = new AsyncDisposableStack();
  const opened = (file: WeightFile | undefined): TensorSource | undefined =>
    file === undefined ? undefined : stack.use(openSource(file));
  const sources: Sources = {
    a: stack.use(openSource(files.a)),
    b: opened(files.b),
    c: opened(files.c),
    vae: opened(files.vae),
  };
  await writeNewFile(path, total, async (write) => {
    let written = header.length;
    await write(header);
    for (const { name } of order) {
      for await (const bytes of mergedBytes(plan, planned.get(name)!, sources)) {
        requireWanted(signal);
        await write(bytes);
        written += bytes.length;
        onProgress?.(written / total);
      }
    }
  });
  return total;
}

function requireWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new EngineError('generation.cancelled', {}, { cause: signal.reason });
}

/** An abort of what throws the signal's reason, as the engine tells it. */
async function withCancel<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    requireWanted(signal);
    throw error;
  }
}
