import { basename, extname } from 'node:path';
import { openWeights } from '../checkpoint/open-weights.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import { EngineError } from '../errors.ts';
import { madeFor } from './made-for.ts';
import { methods } from './methods/methods.ts';
import { parseName } from './names/parse-name.ts';
import type { Part } from './names/parse-name.ts';

/** What an adapter is, from its header alone. */
export type AdapterInfo = {
  readonly path: string;
  /** File name without its extension. */
  readonly name: string;
  /** How its makers call it, where the file says (`ss_output_name`). */
  readonly alias?: string;
  /** "LoRA", "LoHa" ..., those that it mixes. */
  readonly methods: readonly string[];
  /** Whether its layers also learned lengths (DoRA). */
  readonly isDora: boolean;
  /** The largest of its ranks; undefined for methods without. */
  readonly rank?: number;
  /** "Stable Diffusion XL", "an unknown model". */
  readonly madeFor: string;
  /** As checkpoints name it, where the layers prove it. */
  readonly architecture?: string;
  readonly layers: number;
  /** Which networks it changes. */
  readonly parts: readonly Part[];
  readonly bytes: number;
  /** What the file says of itself; never trusted. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** Tensors whose first extent is a rank. */
const ranked: ReadonlySet<string> = new Set([
  'lora_down.weight',
  'hada_w1_b',
  'lokr_w1_b',
  'lokr_w2_b',
  'a1.weight',
]);

/**
 * Reads the header of an adapter.
 * @throws EngineError `checkpoint.*` from the file, `adapter.malformed` where it holds no layer of an adapter.
 */
export async function inspectAdapter(path: string): Promise<AdapterInfo> {
  const file = await openWeights(path);
  const shapes = shapesOf(file);
  const layers = new Map<
    string,
    { readonly part: Part; readonly layer: string; readonly ends: Set<string> }
  >();
  let rank = 0;
  for (const [name, shape] of shapes) {
    const parsed = parseName(name);
    if (parsed === undefined) continue;
    const { part, layer, end } = parsed;
    const key = `${part} ${layer}`;
    const known = layers.get(key) ?? { part, layer, ends: new Set() };
    known.ends.add(end);
    layers.set(key, known);
    if (ranked.has(end)) rank = Math.max(rank, shape[0] ?? 0);
  }
  const own = [...layers.values()];
  const found = own.map(({ ends }) => methods.find((method) => method.is(ends))?.name);
  const known = new Set(found.filter((name) => name !== undefined));
  if (known.size === 0) {
    throw new EngineError('adapter.malformed', {
      path,
      reason: 'it has no layer that is known from an adapter',
    });
  }
  const { architecture, title } = madeFor(own, shapes, file.metadata);
  const alias = file.metadata.ss_output_name;
  return {
    path: file.path,
    name: basename(path, extname(path)),
    ...(alias !== undefined && alias !== '' && { alias }),
    methods: [...known],
    isDora: own.some(({ ends }) => ends.has('dora_scale') || ends.has('lora_magnitude_vector')),
    ...(rank > 0 && { rank }),
    madeFor: title,
    ...(architecture !== undefined && { architecture }),
    layers: own.length,
    parts: [...new Set(own.map(({ part }) => part))].toSorted(),
    bytes: file.bytes,
    metadata: file.metadata,
  };
}
