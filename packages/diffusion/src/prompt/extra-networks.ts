import { readBlockWeights } from '../adapter/block-weights.ts';
import type { BlockWeights } from '../adapter/block-weights.ts';
import { EngineError } from '../errors.ts';
import { parsePythonFloat, pythonWord } from '../tokenizer/python-text.ts';

/** `<kind:first:second:name=value>` of a prompt. */
export type ExtraNetwork = {
  readonly kind: string;
  readonly positional: readonly string[];
  readonly named: ReadonlyMap<string, string>;
};

/** A LoRA (or one of its relatives) asked for by a prompt. */
export type AdapterRequest = {
  readonly name: string;
  /** Strength in the text encoder; default 1. */
  readonly textEncoder: number;
  /** Strength in the UNet; default that of the text encoder. */
  readonly unet: number;
  /** Rank to use at most; undefined uses all. */
  readonly rank: number | undefined;
  /** A further factor for each block; undefined: 1. */
  readonly blocks: BlockWeights | undefined;
};

const network = new RegExp(`<([${pythonWord}]+):([^>]+)>`, 'gu');

/**
 * Takes `<lora:name:0.8>` and the like out of a prompt. Only positive prompts have them; in a negative prompt they are
 * words, as in A1111. The pictures of one batch share the networks of its first prompt.
 */
export function takeExtraNetworks(prompt: string): {
  readonly prompt: string;
  readonly networks: readonly ExtraNetwork[];
} {
  // Nothing after the last ">" can match; not trying keeps 50,000 "<a:" from being quadratic.
  const end = prompt.lastIndexOf('>') + 1;
  const head = prompt.slice(0, end);
  const networks = Array.from(head.matchAll(network), ([, kind, args]) => {
    const items = args.split(':').map((item) => ({ item, parts: item.split('=') }));
    return {
      kind,
      positional: items.filter(({ parts }) => parts.length !== 2).map(({ item }) => item),
      named: new Map(
        items.filter(({ parts }) => parts.length === 2).map(({ parts: [key, value] }) => [key, value]),
      ),
    };
  });
  return { prompt: head.replace(network, '') + prompt.slice(end), networks };
}

/**
 * Reads the arguments of a hypernetwork: name and strength, default 1.
 * @throws EngineError `request.invalid` where the strength is no number
 * @example <hypernet:anime:0.6>
 */
export function readHypernetworkRequest({ kind, positional }: ExtraNetwork): {
  readonly name: string;
  readonly strength: number;
} {
  const [name = '', strength] = positional;
  return { name, strength: numberOf(strength, 1, `${kind}:${name}`) };
}

/**
 * Reads the arguments of a LoRA: name, strength in the text encoder, in the UNet, rank; or `te=`, `unet=`, `dyn=`;
 * and `lbw=`, the weights of blocks (`readBlockWeights`).
 * @throws EngineError `request.invalid` where a strength is no number
 * @example <lora:ink:0.8>, <lora:ink:0.8:0.5>, <lora:ink:te=0:unet=1>, <lora:ink:1:lbw=OUTALL>
 */
export function readAdapterRequest({ kind, positional, named }: ExtraNetwork): AdapterRequest {
  const [name = '', te, unet, rank] = positional;
  const number = (text: string | undefined, byDefault: number) =>
    numberOf(text, byDefault, `${kind}:${name}`);
  const textEncoder = number(named.get('te') ?? te, 1);
  const blocks = named.get('lbw');
  const rankText = named.get('dyn') ?? rank;
  return {
    name,
    textEncoder,
    unet: number(named.get('unet') ?? unet, textEncoder),
    rank: rankText === undefined ? undefined : Math.trunc(number(rankText, 0)),
    blocks: blocks === undefined ? undefined : readBlockWeights(blocks),
  };
}

function numberOf(text: string | undefined, byDefault: number, where: string): number {
  const value = text === undefined ? byDefault : parsePythonFloat(text);
  if (!Number.isNaN(value)) return value;
  throw new EngineError('request.invalid', {
    field: 'prompt',
    reason: `"${text}" in <${where}:...> is not a number`,
  });
}
