import { kindOf } from '../checkpoint/kinds.ts';
import { EngineError } from '../errors.ts';
import type { Shapes } from '../models/shapes.ts';
import { doraAxis } from './dora.ts';
import { layouts } from './names/layouts.ts';
import type { Layout, Style } from './names/layouts.ts';
import { fusedPlace, openClipName, wholeAttentions } from './names/open-clip-names.ts';
import type { Part } from './names/parse-name.ts';
import { unetNames } from './names/unet-names.ts';
import type { Adapter, AdapterLayer } from './read-adapter.ts';

/** A layer of an adapter with the weight of a model that it changes. */
export type FittedLayer = AdapterLayer & {
  /** The weight's name in the checkpoint. */
  readonly weight: string;
  /** The layer is these rows of the weight alone, up to the second. */
  readonly rows?: readonly [number, number];
  /** The layer changes so many of the input channels alone, the first. */
  readonly channels?: number;
  /** What the bias is called or would be called; the checkpoint need not have one. */
  readonly bias: string;
};

export type FittedAdapter = {
  readonly adapter: Adapter;
  readonly layers: readonly FittedLayer[];
  /** Layers that the model does not have; they are left out, as A1111 leaves them out. */
  readonly unmatched: readonly string[];
};

/**
 * Finds for each layer of an adapter the weight that it changes.
 * @param shapes of the checkpoint's weights.
 * @param model what to call the model in messages.
 * @throws EngineError `adapter.mismatch`, saying what the adapter was made for, where it was made for another
 *   architecture, no layer is known, or a layer has another size.
 */
export function fitAdapter(adapter: Adapter, shapes: Shapes, model: string): FittedAdapter {
  const { architecture, title } = kindOf(shapes);
  const { path, madeFor } = adapter;
  const mismatch = (reason: string): EngineError =>
    new EngineError('adapter.mismatch', { path, made: madeFor.title, model: `${model} (${title})`, reason });
  if (madeFor.architecture !== undefined && madeFor.architecture !== architecture) {
    throw mismatch('its layers are those of another architecture');
  }

  const find = finderOf(shapes, layouts[architecture] ?? {}, adapter.layers);
  const layers: FittedLayer[] = [];
  const unmatched: string[] = [];
  for (const layer of adapter.layers) {
    const place = find(layer);
    if (place === undefined) {
      unmatched.push(layer.layer);
      continue;
    }
    const shape = shapes.get(place.weight) ?? [];
    const fitted = sized({ ...layer, ...place }, shape);
    if (fitted !== undefined) layers.push(fitted);
    else if (isWiderInput(place.weight, shape)) unmatched.push(layer.layer);
    else throw mismatch(`its ${layer.layer} cannot change a weight of ${shape.join('x')}`);
  }
  if (layers.length === 0) throw mismatch('none of its layers is in the model');
  return { adapter, layers, unmatched };
}

type Place = Pick<FittedLayer, 'weight' | 'bias' | 'rows'>;

/** Looks layers up in a checkpoint by every name they may have. */
function finderOf(
  shapes: Shapes,
  layout: Layout,
  layers: readonly AdapterLayer[],
): (layer: AdapterLayer) => Place | undefined {
  const weights = new Map<Part, ReadonlyMap<string, string>>();
  const isWhole = new Map<Part, (name: string) => boolean>();
  for (const [part, { prefix, style }] of Object.entries(layout) as [
    Part,
    { prefix: string; style: Style },
  ][]) {
    weights.set(part, weightsUnder(shapes, prefix, style));
    const names = layers.filter((one) => one.part === part).map((one) => openClipName(one.layer));
    isWhole.set(part, style === 'open-clip' ? wholeAttentions(new Set(names)) : () => true);
  }
  return ({ part, layer }) => {
    const style = layout[part]?.style;
    const names = style === 'unet' ? unetNames(layer) : [style === 'open-clip' ? openClipName(layer) : layer];
    const has = (one: string): boolean => weights.get(part)?.has(one) === true;
    // Folders of diffusers have queries, keys and values of OpenCLIP apart.
    const fusedIn = (one: string) => (has(one) ? undefined : fusedPlace(one));
    const name = names.find((one) => has(fusedIn(one)?.weight ?? one));
    if (name === undefined || isWhole.get(part)?.(name) === false) return undefined;
    const fused = fusedIn(name);
    const weight = weights.get(part)?.get(fused?.weight ?? name) ?? '';
    const bias = weight.replace(/weight$/, 'bias');
    if (fused === undefined) return { weight, bias };
    const third = (shapes.get(weight)?.[0] ?? 0) / 3;
    return { weight, bias, rows: [fused.third * third, (fused.third + 1) * third] };
  };
}

/** The weights of one network by their layers' names with underscores for dots. */
function weightsUnder(shapes: Shapes, prefix: string, style: Style): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const weight of shapes.keys()) {
    if (!weight.startsWith(prefix) || !/[._]weight$/.test(weight)) continue;
    const layer = weight.slice(prefix.length, -'.weight'.length).replaceAll('.', '_');
    found.set(style === 'clip' && !layer.startsWith('text_model_') ? `text_model_${layer}` : layer, weight);
  }
  return found;
}

/** The layer with the part of its weight that it changes; undefined where the sizes do not fit. */
function sized(layer: FittedLayer, shape: readonly number[]): FittedLayer | undefined {
  const { rows, change, doraScale } = layer;
  const fits = (one: readonly number[]): boolean =>
    change.fits(one) &&
    (change.bias?.length ?? one[0]) === one[0] &&
    (doraScale === undefined || doraAxis(one, doraScale.shape) !== undefined);
  const [height, ...rest] = shape;
  if (fits(rows === undefined ? [height, ...rest] : [rows[1] - rows[0], ...rest])) return layer;
  // An inpainting model's first layer has five channels more than the one that the adapter was trained on.
  const narrow = [height, 4, ...rest.slice(1)];
  return isWiderInput(layer.weight, shape) && shape[1] === 9 && fits(narrow)
    ? { ...layer, channels: 4 }
    : undefined;
}

/** Whether this is the first layer of a variant that takes more than latents, which adapters were not trained on. */
function isWiderInput(weight: string, shape: readonly number[]): boolean {
  return weight.endsWith('input_blocks.0.0.weight') && shape.length === 4 && shape[1] !== 4;
}
