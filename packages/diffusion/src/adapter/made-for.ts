import type { Shapes } from '../models/shapes.ts';
import type { Part } from './names/parse-name.ts';
import { parseName } from './names/parse-name.ts';

/** What an adapter seems to be made for. */
export type MadeFor = {
  /** As `kindOf` names it, where the layers themselves prove it. */
  readonly architecture?: string;
  /** For people: "Stable Diffusion XL"; from the layers, else from what the file says of itself. */
  readonly title: string;
};

const titles: Readonly<Record<string, string>> = {
  sd1: 'Stable Diffusion 1',
  sd2: 'Stable Diffusion 2',
  sdxl: 'Stable Diffusion XL',
  sd3: 'Stable Diffusion 3',
  flux: 'Flux',
};

/** The width of the texts that a UNet listens to. */
const contextWidths: ReadonlyMap<number, string> = new Map([
  [768, 'sd1'],
  [1024, 'sd2'],
  [2048, 'sdxl'],
]);

/** What `ss_base_model_version` and `modelspec.architecture` begin with. */
const said: readonly (readonly [pattern: RegExp, architecture: string])[] = [
  [/^(sdxl|stable-diffusion-xl)/, 'sdxl'],
  [/^(sd_v2|stable-diffusion-v2)/, 'sd2'],
  [/^(sd_v1|stable-diffusion-v1)/, 'sd1'],
  [/^(sd3|stable-diffusion-3)/, 'sd3'],
  [/^flux/i, 'flux'],
];

/** For which architecture an adapter was made: from layers that only one has, else from its metadata. */
export function madeFor(
  layers: readonly { readonly part: Part; readonly layer: string }[],
  shapes: Shapes,
  metadata: Readonly<Record<string, string>>,
): MadeFor {
  const architecture = fromLayers(layers) ?? fromWidths(shapes);
  const words = metadata.ss_base_model_version ?? metadata['modelspec.architecture'] ?? '';
  const claimed = said.find(([pattern]) => pattern.test(words))?.[1];
  const named = architecture ?? claimed;
  return { architecture, title: named === undefined ? 'an unknown model' : titles[named] };
}

function fromLayers(layers: readonly { readonly part: Part; readonly layer: string }[]): string | undefined {
  const has = (pattern: RegExp): boolean =>
    layers.some(({ part, layer }) => pattern.test(`${part} ${layer}`));
  if (has(/^unet (double|single)_blocks_/)) return 'flux';
  if (has(/^unet joint_blocks_/)) return 'sd3';
  if (has(/^te2 |^unet (label_emb|add_embedding)_|^unet .*_transformer_blocks_[1-9]/)) return 'sdxl';
  // OpenCLIP-H has 24 layers, CLIP-L 12.
  return has(/^te text_model_encoder_layers_(1[2-9]|2\d)_/) ? 'sd2' : undefined;
}

function fromWidths(shapes: Shapes): string | undefined {
  for (const [name, shape] of shapes) {
    const { layer = '', end } = parseName(name) ?? {};
    if (end !== 'lora_down.weight' || !/attn2_to_[kv]$/.test(layer)) continue;
    const architecture = contextWidths.get(shape[1]);
    if (architecture !== undefined) return architecture;
  }
  return undefined;
}
