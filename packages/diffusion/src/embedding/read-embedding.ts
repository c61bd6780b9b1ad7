import { basename, extname } from 'node:path';
import { openWeights } from '../checkpoint/open-weights.ts';
import { readTensors } from '../checkpoint/read-tensors.ts';
import { EngineError } from '../errors.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/** Which text encoder vectors are for: the only one of SD 1 and SD 2, or one of SDXL's two. */
export type EncoderName = 'text' | 'clip_l' | 'clip_g';

/** Textual inversion (Gal et al. 2022): vectors that stand for a word, in the place of its tokens'. */
export type Embedding = {
  readonly path: string;
  /** File name without its extension: the word. */
  readonly name: string;
  /** How many tokens it takes. */
  readonly count: number;
  /** `[count, width]` for each encoder that it is for. */
  readonly vectors: Readonly<Partial<Record<EncoderName, Tensor>>>;
  /** Steps of training, where the file says. */
  readonly step?: number;
  /** Short hash and name of the checkpoint it was trained on, where the file says. */
  readonly checkpoint?: { readonly hash?: string; readonly name?: string };
};

const widths: ReadonlyMap<number, string> = new Map([
  [768, 'Stable Diffusion 1'],
  [1024, 'Stable Diffusion 2'],
  [1280, 'Stable Diffusion XL'],
]);

/**
 * Reads an embedding in any form that A1111 reads: safetensors (`emb_params`; `clip_l` and `clip_g` for SDXL),
 * A1111's own `.pt`, and diffusers' `.bin` of one word.
 * @throws EngineError `checkpoint.*` from the file, `embedding.malformed`.
 */
export async function readEmbedding(path: string): Promise<Embedding> {
  const refuse = (reason: string): EngineError => new EngineError('embedding.malformed', { path, reason });
  const file = await openWeights(path);
  const names = [...file.tensors.keys()];
  const chosen = choose(names);
  if (chosen === undefined) throw refuse(`it has ${names.length} tensors instead of the vectors of one word`);

  const tensors = await readTensors(file, Object.values(chosen));
  const vectors = Object.fromEntries(
    Object.entries(chosen).map(([encoder, name]) => [encoder, asRows(tensors.get(name)!)]),
  );
  const counts = new Set(Object.values(vectors).map(({ shape }) => shape[0]));
  const [count] = counts;
  for (const { shape, data } of Object.values(vectors)) {
    if (shape.length !== 2 || data.length === 0 || counts.size > 1 || count > 75) {
      throw refuse(`its vectors of ${shape.join('x')} are no words`);
    }
    if (!data.every(Number.isFinite)) throw refuse('it holds NaN or infinity');
  }
  const { step, sd_checkpoint: hash, sd_checkpoint_name: trainedOn } = file.metadata;
  return {
    path,
    name: basename(path, extname(path)),
    count,
    vectors,
    ...(/^\d+$/.test(step ?? '') && { step: Number(step) }),
    ...((hash ?? trainedOn) !== undefined && { checkpoint: { hash, name: trainedOn } }),
  };
}

/**
 * Checks that an embedding's vectors are as wide as the text encoders that they are for.
 * @param encoders the widths of the model's encoders.
 * @throws EngineError `embedding.mismatch`, saying what it was made for.
 */
export function requireFit(
  { path, vectors }: Embedding,
  encoders: Readonly<Partial<Record<EncoderName, number>>>,
  model: string,
): void {
  const given = Object.entries(vectors).map(([encoder, { shape }]) => `${encoder} ${shape[1]}`);
  const wanted = Object.entries(encoders).map(([encoder, width]) => `${encoder} ${width}`);
  if (given.toSorted().join() === wanted.toSorted().join()) return;
  const width = (vectors.clip_g ?? vectors.text)?.shape[1] ?? 0;
  const made = widths.get(width) ?? `texts of width ${width}`;
  throw new EngineError('embedding.mismatch', { path, made, model });
}

/** The tensors that are an embedding's vectors, by encoder. */
function choose(names: readonly string[]): Readonly<Partial<Record<EncoderName, string>>> | undefined {
  // Whatever else there is, for encoders that we do not have, as A1111 has it.
  if (names.includes('clip_l') && names.includes('clip_g')) {
    return { clip_l: 'clip_l', clip_g: 'clip_g' };
  }
  const ofA1111 = names.filter((name) => name.startsWith('string_to_param.'));
  const [only, ...others] = ofA1111.length > 0 ? ofA1111 : names;
  return others.length === 0 ? { text: only } : undefined;
}

function asRows({ shape, data }: Tensor): Tensor {
  return shape.length === 1 ? tensor([1, ...shape], data) : { shape, data };
}
