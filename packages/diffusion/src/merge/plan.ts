import type { ElementType } from '@bottega/graph';
import { kindOf } from '../checkpoint/kinds.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import type { StoredTensor, WeightFile } from '../checkpoint/weight-file.ts';
import { EngineError } from '../errors.ts';
import { matching } from './matching.ts';
import type { MergeMethod } from './merge-request.ts';
import { commonFormat, formatOf } from './number-formats.ts';
import type { Variant } from './result-name.ts';

export type MergeFiles = {
  readonly a: WeightFile;
  readonly b?: WeightFile;
  readonly c?: WeightFile;
  readonly vae?: WeightFile;
};

/** A tensor of the result, and the tensors that it is made of. */
export type TensorPlan = {
  readonly name: string;
  readonly shape: readonly number[];
  /** In the result. */
  readonly type: ElementType;
  /** Where it comes from when nothing is computed; else `a`. */
  readonly from: 'a' | 'vae';
  readonly a: StoredTensor;
  /** Present where something is computed. */
  readonly b?: StoredTensor;
  readonly c?: StoredTensor;
};

export type MergePlan = {
  readonly method: MergeMethod;
  readonly ratio: number;
  readonly tensors: readonly TensorPlan[];
  readonly variant: Variant;
};

export type MergeWishes = {
  readonly method: MergeMethod;
  readonly ratio: number;
  readonly half: boolean;
  readonly discard?: string;
};

/** What can be merged. */
const mergeable: ReadonlySet<string> = new Set(['sd1', 'sd2', 'sdxl', 'sdxl-refiner', 'sd3', 'flux', 'unet']);

/** Numbers of places, not weights; A1111 leaves them alone too. */
const unmerged: ReadonlySet<string> = new Set([
  'cond_stage_model.transformer.text_model.embeddings.position_ids',
]);

const vaePrefix = 'first_stage_model.';

/**
 * What becomes of every tensor, as A1111's merger decides it: the tensors are those of `a`; those with "model" in
 * their name that `b` has too are merged, all others are `a`'s. An inpainting or editing model keeps what it has more
 * than an ordinary one, which must then be `b`.
 * @throws EngineError 'merge.mismatch', 'request.invalid', 'checkpoint.unsupported'.
 */
export function planMerge(files: MergeFiles, wishes: MergeWishes): MergePlan {
  requireAlike(files);
  const { method, ratio, half, discard } = wishes;
  const dropped = discard === undefined ? new Set() : matching(discard, [...files.a.tensors.keys()]);
  let variant: Variant = '';
  const tensors: TensorPlan[] = [];
  for (const [name, a] of files.a.tensors) {
    const planned = planTensor(files, name, a, method, half);
    variant = variantOf(planned) || variant;
    if (!dropped.has(name)) tensors.push(planned);
  }
  if (tensors.length === 0) {
    throw new EngineError('request.invalid', { field: 'discard', reason: 'leaves nothing of the model' });
  }
  return { method, ratio, tensors, variant };
}

function planTensor(
  files: MergeFiles,
  name: string,
  a: StoredTensor,
  method: MergeMethod,
  half: boolean,
): TensorPlan {
  const baked = name.startsWith(vaePrefix) ? vaeTensor(files.vae, name.slice(vaePrefix.length)) : undefined;
  if (baked !== undefined) {
    requireShape(files, name, a.shape, baked.shape, 'vae');
    return { name, shape: a.shape, type: halved(baked.type, half), from: 'vae', a: baked };
  }
  const b = files.b?.tensors.get(name);
  if (method === 'no-interpolation' || b === undefined || !name.includes('model') || unmerged.has(name)) {
    // Without a second model everything is converted; beside one only what is merged.
    return {
      name,
      shape: a.shape,
      type: halved(a.type, half && method === 'no-interpolation'),
      from: 'a',
      a,
    };
  }
  const c = method === 'add-difference' ? files.c?.tensors.get(name) : undefined;
  if (c !== undefined) requireShape(files, name, b.shape, c.shape, 'c');
  if (!isWider(a, b)) requireShape(files, name, a.shape, b.shape, 'b');
  return { name, shape: a.shape, type: halved(mergedType(a, b, c), half), from: 'a', a, b, c };
}

/** Only the channels that `b` has are merged; the tensor stays what it was. */
function mergedType(a: StoredTensor, b: StoredTensor, c: StoredTensor | undefined): ElementType {
  if (isWider(a, b)) return a.type;
  const difference = c === undefined ? formatOf(b.type) : commonFormat(formatOf(b.type), formatOf(c.type));
  return commonFormat(formatOf(a.type), difference);
}

/** Whether `a` is the UNet's first convolution with 9 or 8 channels where `b` has 4. */
export function isWider(
  { shape: a }: Pick<StoredTensor, 'shape'>,
  { shape: b }: Pick<StoredTensor, 'shape'>,
): boolean {
  const isSameElsewhere = a.length === 4 && b.length === 4 && a[0] === b[0] && a[2] === b[2] && a[3] === b[3];
  return isSameElsewhere && (a[1] === 9 || a[1] === 8) && b[1] === 4;
}

function variantOf({ a, b }: TensorPlan): Variant {
  if (b === undefined || !isWider(a, b)) return '';
  return a.shape[1] === 9 ? '.inpainting' : '.instruct-pix2pix';
}

function halved(type: ElementType, half: boolean): ElementType {
  return half && type === 'f32' ? 'f16' : type;
}

function vaeTensor(vae: WeightFile | undefined, name: string): StoredTensor | undefined {
  return vae?.tensors.get(name) ?? vae?.tensors.get(`${vaePrefix}${name}`);
}

function requireAlike(files: MergeFiles): void {
  const a = kindOf(shapesOf(files.a));
  if (!mergeable.has(a.architecture)) {
    const supported = 'checkpoints of Stable Diffusion';
    throw new EngineError('checkpoint.unsupported', { path: files.a.path, what: a.title, supported });
  }
  for (const other of [files.b, files.c]) {
    if (other === undefined) continue;
    const { architecture, title } = kindOf(shapesOf(other));
    if (architecture !== a.architecture) {
      throw mismatch(files.a, a.title, other, title, 'their architectures differ');
    }
  }
  const { vae } = files;
  if (
    vae === undefined ||
    [...vae.tensors.keys()].some((name) => /(^|\.)decoder\.conv_in\.weight$/.test(name))
  )
    return;
  const reason = `${vae.path} is ${kindOf(shapesOf(vae)).title} and holds no VAE`;
  throw new EngineError('request.invalid', { field: 'vae', reason });
}

function requireShape(
  files: MergeFiles,
  name: string,
  shape: readonly number[],
  other: readonly number[],
  whose: 'b' | 'c' | 'vae',
): void {
  if (shape.length === other.length && shape.every((extent, axis) => extent === other[axis])) return;
  const file = files[whose] ?? files.a;
  const [kind, otherKind] = [files.a, file].map((one) => kindOf(shapesOf(one)).title);
  throw mismatch(files.a, kind, file, otherKind, reasonFor(name, shape, other));
}

function reasonFor(name: string, shape: readonly number[], other: readonly number[]): string {
  const isFirst = name === 'model.diffusion_model.input_blocks.0.0.weight';
  if (isFirst && shape[1] === 4 && (other[1] === 9 || other[1] === 8)) {
    const variant = other[1] === 9 ? 'inpainting' : 'instruct-pix2pix';
    return `to merge an ${variant} model with an ordinary one, give the ${variant} model first`;
  }
  return `the tensor ${name} has the shape ${shape.join('x')} in one and ${other.join('x')} in the other`;
}

function mismatch(
  a: WeightFile,
  kind: string,
  b: WeightFile,
  otherKind: string,
  reason: string,
): EngineError {
  return new EngineError('merge.mismatch', { path: a.path, kind, other: b.path, otherKind, reason });
}
