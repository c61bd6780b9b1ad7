import type { Part } from './parse-name.ts';

/** What stands for alpha in a layer of so many ranks; undefined where the file does not say. */
export type AlphaOf = (part: Part, layer: string, rank: number) => number | undefined;

const prefixes: Readonly<Record<Part, string>> = {
  unet: 'unet.',
  te: 'text_encoder.',
  te1: 'text_encoder.',
  te2: 'text_encoder_2.',
};

/** More than the settings of a file with a pattern for every layer. */
const longest = 1_000_000;

/**
 * The alphas of an adapter that diffusers wrote: no tensors, but PEFT's settings as JSON under
 * `lora_adapter_metadata`. `alpha_pattern` has those of single layers, by their whole names or the ends of them;
 * a scale by the root of the rank (`use_rslora`) is told as the alpha that gives it.
 */
export function peftAlphas(metadata: Readonly<Record<string, string>>): AlphaOf {
  const settings = settingsIn(metadata.lora_adapter_metadata ?? '');
  const patterns = new Map(
    Object.values(prefixes).map((prefix) => [prefix, entriesOf(settings.get(`${prefix}alpha_pattern`))]),
  );
  return (part, layer, rank) => {
    const prefix = prefixes[part];
    const own = patterns.get(prefix)?.find(([name]) => layer === name || layer.endsWith(`_${name}`));
    const alpha = own?.[1] ?? settings.get(`${prefix}lora_alpha`);
    if (typeof alpha !== 'number' || !Number.isFinite(alpha)) return undefined;
    return settings.get(`${prefix}use_rslora`) === true ? alpha * Math.sqrt(rank) : alpha;
  };
}

/** By name, with underscores for dots as layers have them. */
function entriesOf(pattern: unknown): readonly (readonly [name: string, value: unknown])[] {
  const entries = typeof pattern === 'object' && pattern !== null ? Object.entries(pattern) : [];
  return entries.map(([name, value]) => [name.replaceAll('.', '_'), value]);
}

function settingsIn(text: string): ReadonlyMap<string, unknown> {
  if (text === '' || text.length > longest) return new Map();
  try {
    const settings: unknown = JSON.parse(text);
    return new Map(typeof settings === 'object' && settings !== null ? Object.entries(settings) : []);
  } catch {
    return new Map();
  }
}
