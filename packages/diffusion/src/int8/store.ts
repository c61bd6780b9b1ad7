/** Quantised weights in a file of their own, and what was seen of activations beside them. */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTensors } from '../checkpoint/read-tensors.ts';
import type { StoredTensor, WeightFile } from '../checkpoint/weight-file.ts';
import { EngineError } from '../errors.ts';
import { integersOf, scalesOf } from './graphs.ts';
import type { Spans } from './graphs.ts';
import type { QuantisedLayer } from './layers.ts';
import { quantiseWeight } from './quantise-weight.ts';

/** Changes when files of before cannot be read any more. */
const version = 2;

export type Int8Store = {
  /** The quantised weights; written first where they are not there. */
  weights(): Promise<ReadonlyMap<string, StoredTensor>>;
  /** What an earlier drawing has seen; undefined where none has. */
  spans(): Promise<Spans | undefined>;
  saveSpans(spans: Spans): Promise<void>;
};

/**
 * @param folder default: one in the system's for temporary files.
 * @param largest the largest integer of a weight, see `quantiseWeight`.
 */
export function int8Store(
  file: WeightFile,
  layers: readonly QuantisedLayer[],
  largest: number,
  folder: string = join(tmpdir(), 'bottega-int8'),
): Int8Store {
  const tensors = layout(layers);
  const base = async (): Promise<string> => join(folder, await keyOf(file, layers, largest));
  let writing: Promise<ReadonlyMap<string, StoredTensor>> | undefined;

  const written = async (): Promise<ReadonlyMap<string, StoredTensor>> => {
    const path = `${await base()}.weights`;
    const bytes = [...tensors.values()].reduce((sum, { length }) => sum + length, 0);
    const there = await stat(path).catch(() => undefined);
    if (there?.size !== bytes) await write(file, layers, tensors, largest, folder, path);
    return new Map([...tensors].map(([name, stored]) => [name, { ...stored, path }]));
  };
  return {
    weights: () => {
      writing ??= written().catch((error: unknown) => {
        writing = undefined;
        throw error;
      });
      return writing;
    },
    spans: async () => parseSpans(await readFile(`${await base()}.json`, 'utf8').catch(() => '')),
    saveSpans: async (spans) => {
      const path = `${await base()}.json`;
      await inPlace(file, path, folder, (temporary) => writeFile(temporary, JSON.stringify([...spans])));
    },
  };
}

/** Where each tensor lies in the file: all integers and scales, one after the other. */
function layout(layers: readonly QuantisedLayer[]): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  let end = 0;
  for (const { kind, weight, shape: whole, parts } of layers) {
    const shape = [whole[0] / parts, ...whole.slice(1)];
    const size = shape.reduce((product, extent) => product * extent, 1);
    const stored = kind === 'convolution' ? shape : shape.toReversed();
    for (let part = 0; part < parts; part++) {
      tensors.set(integersOf(weight, part), { type: 'i8', shape: stored, offset: end, length: size });
      // Floats lie at multiples of four.
      end += Math.ceil(size / 4) * 4;
      const length = 4 * shape[0];
      tensors.set(scalesOf(weight, part), { type: 'f32', shape: [shape[0]], offset: end, length });
      end += length;
    }
  }
  return tensors;
}

async function write(
  file: WeightFile,
  layers: readonly QuantisedLayer[],
  tensors: ReadonlyMap<string, StoredTensor>,
  largest: number,
  folder: string,
  path: string,
): Promise<void> {
  await inPlace(file, path, folder, async (temporary) => {
    await using output = await open(temporary, 'wx', 0o600);
    for (const { kind, weight, shape, parts } of layers) {
      const numbers = (await readTensors(file, [weight])).get(weight)?.data ?? new Float32Array();
      const size = numbers.length / parts;
      for (let part = 0; part < parts; part++) {
        const own = numbers.subarray(part * size, (part + 1) * size);
        const { integers, scales } = quantiseWeight(own, shape[0] / parts, kind !== 'convolution', largest);
        await writeAt(output, integers, tensors.get(integersOf(weight, part)));
        await writeAt(output, new Uint8Array(scales.buffer), tensors.get(scalesOf(weight, part)));
      }
    }
  });
}

async function writeAt(
  output: Awaited<ReturnType<typeof open>>,
  bytes: Uint8Array | Int8Array,
  stored: StoredTensor | undefined,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const at = (stored?.offset ?? 0) + done;
    done += (await output.write(bytes, done, bytes.length - done, at)).bytesWritten;
  }
}

/** Writes beside the place and moves there at the end, so that half a file is never taken for a whole one. */
async function inPlace(
  { path: model }: WeightFile,
  path: string,
  folder: string,
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  try {
    await mkdir(folder, { recursive: true });
    await rm(temporary, { force: true });
    await make(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    const { code: reason = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new EngineError('int8.no-room', { path: model, folder, reason }, { cause: error });
  }
}

/** Differs for another file, for the same one after a change, and for other layers. */
async function keyOf(file: WeightFile, layers: readonly QuantisedLayer[], largest: number): Promise<string> {
  const { mtimeMs } = await stat(file.path);
  const places = layers.map(({ weight, parts }) => [weight, parts, file.tensors.get(weight)?.offset]);
  const told = JSON.stringify([version, file.path, file.bytes, mtimeMs, places, largest]);
  return createHash('sha256').update(told).digest('hex').slice(0, 32);
}

/** Undefined for what is no list of names with numbers: then all is measured again. */
function parseSpans(text: string): Spans | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return undefined;
    const entries = parsed.flatMap((entry: unknown): [string, number][] => {
      if (!Array.isArray(entry)) return [];
      const [name, span]: unknown[] = entry;
      return typeof name === 'string' && typeof span === 'number' && span > 0 ? [[name, span]] : [];
    });
    return entries.length === parsed.length ? new Map(entries) : undefined;
  } catch {
    return undefined;
  }
}
