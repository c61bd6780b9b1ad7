import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** The part of the reference models that the repository keeps, whatever MODELS says. */
export const keptModelsFolder: string = join(root, 'packages/diffusion/test-data/models-reference');

/**
 * The folder of tiny checkpoints with what the original programs make of them: the environment variable MODELS,
 * else the full set beside the repository, else the part of it that is kept in `packages/diffusion/test-data`.
 */
export const modelsFolder: string = resolve(
  process.env.MODELS ??
    [join(root, '../shared/models-reference'), keptModelsFolder].find((path) => existsSync(path)) ??
    '',
);

/** `facts/raw.json`: what the reference outputs are. */
export type RawFacts = {
  readonly models: Readonly<Record<string, ModelFacts>>;
  readonly sets: Readonly<Record<string, { readonly file: string }>>;
};

/** The hyper-parameters of a checkpoint that shapes cannot tell. */
export type ModelFacts = {
  readonly unet: { readonly num_heads?: number; readonly num_head_channels?: number };
  readonly clip_l?: { readonly heads: number };
  readonly open_clip?: { readonly heads: number };
  readonly parameterization: 'eps' | 'v';
};

export function readRawFacts(): RawFacts {
  return JSON.parse(readFileSync(join(modelsFolder, 'facts/raw.json'), 'utf8')) as RawFacts;
}

/** One set of `facts/raw.json` with what it was made from. */
export type RawSet = {
  /** "sd1", or "sd1.bf16" for the same model of other weights. */
  readonly name: string;
  readonly facts: ModelFacts;
  /** The checkpoint. */
  readonly path: string;
  /** The VAE, where the set is of another one. */
  readonly vae?: string;
  readonly tensors: ReadonlyMap<string, ReferenceTensor>;
  /** What is not in a set of its own is in the plain one: other weights were run on the same inputs. */
  readonly inputs: ReadonlyMap<string, ReferenceTensor>;
};

/**
 * The sets whose checkpoints are there: NAME is of `NAME-tiny.fp16` or the first file of that name, NAME.KIND of
 * `NAME-tiny.KIND` or of the VAE `NAME-tiny-KIND`.
 */
export function rawSets(): readonly RawSet[] {
  const { sets, models } = readRawFacts();
  const files = readdirSync(join(modelsFolder, 'models')).toSorted();
  const pathOf = (file: string): string => join(modelsFolder, 'models', file);
  const fileOf = (start: string): string | undefined => files.find((file) => file.startsWith(start));
  const read = (set: string): ReadonlyMap<string, ReferenceTensor> =>
    readTensors(join(modelsFolder, 'facts', sets[set].file));
  return Object.keys(sets).flatMap((name) => {
    const [base, kind] = name.split('.');
    const model = `${base}-tiny`;
    const plain = fileOf(`${model}.fp16.safetensors`) ?? fileOf(`${model}.`);
    const variant = kind && fileOf(`${model}.${kind}.`);
    const vae = kind && variant === undefined ? fileOf(`${model}-${kind}.`) : undefined;
    const file = kind === undefined || vae !== undefined ? plain : variant;
    if (file === undefined || models[model] === undefined) return [];
    const tensors = read(name);
    const inputs = sets[base] === undefined ? tensors : read(base);
    const set = { name, facts: models[model], path: pathOf(file), tensors, inputs };
    return [vae === undefined ? set : { ...set, vae: pathOf(vae) }];
  });
}

/** A tensor of a reference file as float32; integers too, which is exact below 2^24. */
export type ReferenceTensor = { readonly shape: readonly number[]; readonly data: Float32Array };

/** All tensors of a small safetensors file; a reader apart from the engine's, which trusts the file. */
export function readTensors(path: string): ReadonlyMap<string, ReferenceTensor> {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, Entry>;
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [from, to],
          },
        ]) => {
          const data = Uint8Array.from(bytes.subarray(start + from, start + to)).buffer;
          return [name, { shape, data: decoders[dtype](data) }];
        },
      ),
  );
}

/** A tensor of the engine's, or of the facts. */
type Numbers = { readonly shape: readonly number[]; readonly data: Float32Array };

/**
 * Asserts that a tensor is what the original computed: no element is off by more than 1e-5 of the largest.
 * Two original implementations of the same network differ by 1e-6.
 */
export function assertNear(actual: Numbers, expected: ReferenceTensor): void {
  assertWithin(actual, expected, 1e-5);
}

/** Asserts that no element of a tensor is off by more than a share of the largest. */
export function assertWithin(actual: Numbers, expected: ReferenceTensor, tolerance: number): void {
  assert.deepEqual(actual.shape, expected.shape);
  let largest = 0;
  let worst = 0;
  for (const [i, value] of expected.data.entries()) {
    largest = Math.max(largest, Math.abs(value));
    worst = Math.max(worst, Math.abs(actual.data[i] - value));
  }
  assert.ok(worst <= tolerance * largest, `${worst / largest} off, relative to the largest element`);
}

type Entry = {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
};

const decoders: Readonly<Record<string, (data: ArrayBuffer) => Float32Array>> = {
  F32: (data) => new Float32Array(data),
  F64: (data) => Float32Array.from(new Float64Array(data)),
  BF16: (data) => new Float32Array(Uint32Array.from(new Uint16Array(data), (bits) => bits << 16).buffer),
  F16: (data) => Float32Array.from(new Uint16Array(data), fromHalf),
  U8: (data) => Float32Array.from(new Uint8Array(data)),
  I32: (data) => Float32Array.from(new Int32Array(data)),
  I64: (data) => Float32Array.from(new BigInt64Array(data), Number),
};

function fromHalf(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
