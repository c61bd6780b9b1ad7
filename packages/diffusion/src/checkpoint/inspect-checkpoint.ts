import { basename, extname } from 'node:path';
import type { ElementType } from '@bottega/graph';
import type { CheckpointInfo } from '../api.ts';
import { latentFactorOf, vaeConfigOf, vaePrefixIn } from '../models/vae/config.ts';
import { sizeOf } from '../tensor.ts';
import { kindOf } from './kinds.ts';
import { openWeights } from './open-weights.ts';
import { shapesOf } from './weight-file.ts';
import type { WeightFile } from './weight-file.ts';

/**
 * What a file of weights is, from its header alone; files that pictures cannot be drawn with are told apart too.
 * @throws EngineError `checkpoint.not-found`, `.unreadable`, `.truncated`, `.malformed`; `.unsafe` for
 *   pickles that hold more than data, `.unsupported` for formats other than safetensors and PyTorch's.
 * @example (await inspectCheckpoint('models/v1-5-pruned-emaonly.safetensors')).title // "Stable Diffusion 1"
 */
export async function inspectCheckpoint(path: string): Promise<CheckpointInfo> {
  return describe(await openWeights(path));
}

/** What an opened file is. */
export function describe(file: WeightFile): CheckpointInfo {
  const shapes = shapesOf(file);
  const { architecture, title } = kindOf(shapes);
  const vae = vaePrefixIn(shapes);
  return {
    path: file.path,
    name: file.isFolder ? basename(file.path) : basename(file.path, extname(file.path)),
    architecture,
    title,
    precision: precisionOf(file),
    parameters: parametersOf(file),
    bytes: file.bytes,
    latentFactor: vae === undefined ? 8 : latentFactorOf(vaeConfigOf(shapes, vae)),
  };
}

const precisions: Partial<Readonly<Record<ElementType, CheckpointInfo['precision']>>> = {
  f32: 'f32',
  f16: 'f16',
  bf16: 'bf16',
  f8e4m3: 'f8',
  f8e5m2: 'f8',
};

/** The type of nearly all weights; a few kept more precisely do not make a file mixed. */
function precisionOf(file: WeightFile): CheckpointInfo['precision'] {
  const counts = new Map<CheckpointInfo['precision'], number>();
  for (const { type, shape } of weightsIn(file)) {
    const precision = precisions[type] ?? 'mixed';
    counts.set(precision, (counts.get(precision) ?? 0) + sizeOf(shape));
  }
  const total = parametersOf(file);
  const [most] = [...counts].find(([, count]) => count >= 0.99 * total) ?? [];
  return most ?? 'mixed';
}

function parametersOf(file: WeightFile): number {
  return weightsIn(file).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Tensors of models; what lies at the top, such as `betas`, or is no number, such as positions, is no weight. */
function weightsIn(
  file: WeightFile,
): readonly { readonly type: ElementType; readonly shape: readonly number[] }[] {
  return [...file.tensors]
    .filter(([name, { type }]) => name.includes('.') && !/^(i|u|bool)/.test(type))
    .map(([, stored]) => stored);
}
