import { parsePythonFloat } from '../tokenizer/python-text.ts';
import { usesEmphasis } from './emphasis.ts';
import { isOlder, parseVersion } from './program-version.ts';
import type { ProgramVersion } from './program-version.ts';
import type { ParsedValue } from './parse.ts';

/**
 * Adds to parsed parameters, in place and in A1111's order, what an infotext leaves out because it was the default,
 * and what versions before a change of behaviour need in order to give the same picture.
 */
export function addDefaults(result: Map<string, ParsedValue>): void {
  const missing = (name: string, value: ParsedValue): void => {
    if (!result.has(name)) result.set(name, value);
  };
  // The original looks at the prompts before a hypernetwork's tag is added.
  const emphasised = ['Prompt', 'Negative prompt'].some((name) => usesEmphasis(String(result.get(name))));
  missing('Clip skip', '1');
  addHypernetwork(result);
  if (!result.has('Hires resize-1')) result.set('Hires resize-1', 0).set('Hires resize-2', 0);
  missing('Hires sampler', 'Use same sampler');
  missing('Hires schedule type', 'Use same scheduler');
  missing('Hires checkpoint', 'Use same checkpoint');
  missing('Hires prompt', '');
  missing('Hires negative prompt', '');
  missing('Mask mode', 'Inpaint masked');
  missing('Masked content', 'original');
  missing('Inpaint area', 'Whole picture');
  missing('Masked area padding', 32);
  convertFirstPassSize(result);
  missing('RNG', 'GPU');
  missing('Schedule type', 'Automatic');
  missing('Schedule max sigma', 0);
  missing('Schedule min sigma', 0);
  missing('Schedule rho', 0);
  missing('VAE Encoder', 'Full');
  missing('VAE Decoder', 'Full');
  missing('FP8 weight', 'Disable');
  if (result.get('FP8 weight') !== 'Disable') missing('Cache FP16 weight for LoRA', false);
  if (emphasised) missing('Emphasis', 'Original');
  missing('Refiner switch by sampling steps', false);
  addOldBehaviour(result);
}

function addHypernetwork(result: Map<string, ParsedValue>): void {
  const name = result.get('Hypernet');
  if (name === undefined) return;
  const strength = result.get('Hypernet strength') ?? '1.0';
  result.set('Prompt', `${String(result.get('Prompt'))}<hypernet:${String(name)}:${String(strength)}>`);
}

/** Before 1.0 the sizes meant the reverse: "Size" the final picture, "First pass size" the one drawn first. */
function convertFirstPassSize(result: Map<string, ParsedValue>): void {
  if (!result.has('First pass size-1') || !result.has('First pass size-2')) return;
  const extent = (name: string): number => parsePythonFloat(String(result.get(name) ?? 512));
  const [width, height] = [extent('Size-1'), extent('Size-2')];
  let first = [extent('First pass size-1'), extent('First pass size-2')];
  if (first.includes(0)) {
    const scale = Math.sqrt((512 * 512) / (width * height));
    first = [width, height].map((side) => Math.ceil((scale * side) / 64) * 64);
  }
  if (![width, height, ...first].every((side) => Number.isSafeInteger(side) && side > 0)) return;
  result.set('Size-1', first[0]).set('Size-2', first[1]);
  result.set('Hires resize-1', width).set('Hires resize-2', height);
}

const since: Readonly<Record<'timelines' | 'zeroTerminal' | 'refiner', ProgramVersion>> = {
  timelines: { release: [1, 6, 0], pre: [], post: -1 },
  zeroTerminal: { release: [1, 7, 0], pre: [], post: 225 },
  refiner: { release: [1, 8, 0], pre: [], post: -1 },
};

function addOldBehaviour(result: Map<string, ParsedValue>): void {
  const version = parseVersion(String(result.get('Version') ?? ''));
  if (version === undefined) return;
  if (isOlder(version, since.timelines)) {
    if (String(result.get('Prompt')).includes('[')) result.set('Old prompt editing timelines', true);
    if (['DDIM', 'PLMS'].includes(String(result.get('Sampler')))) result.set('Pad conds v0', true);
  }
  if (isOlder(version, since.zeroTerminal)) result.set('Downcast alphas_cumprod', true);
  if (isOlder(version, since.refiner) && result.has('Refiner')) {
    result.set('Refiner switch by sampling steps', true);
  }
}
