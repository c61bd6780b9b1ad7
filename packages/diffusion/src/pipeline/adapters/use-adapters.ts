import { hashAdapter } from '../../adapter/hash-adapter.ts';
import { readAdapterRequest, readHypernetworkRequest } from '../../prompt/extra-networks.ts';
import type { ExtraNetwork } from '../../prompt/extra-networks.ts';
import type { AdapterOrder, HyperOrder } from '../../runtime/adapter-shelf.ts';
import type { DrawingNetworks, Networks } from '../../runtime/networks.ts';
import type { AdapterLookup } from './lookup.ts';
import { shortHash } from './short-hash.ts';

/** The networks as a prompt wants them. */
export type UsedAdapters = {
  readonly networks: DrawingNetworks;
  /** Of those that are there, by the names that infotext has. */
  readonly hashes: ReadonlyMap<string, string>;
  /** What was asked for and is not there. */
  readonly warnings: readonly string[];
};

/** What A1111 calls hypernetworks in prompts. */
const hypernetKind = 'hypernet';

/** What A1111 calls LoRA and its kin in prompts. */
const loraKinds: ReadonlySet<string> = new Set(['lora', 'lyco']);

/**
 * Looks up what a prompt asks for in `<kind:name:...>` and changes the networks by it. What is not found is left out,
 * as A1111 does, with a warning.
 * @throws EngineError `request.invalid` for strengths that are no numbers; `checkpoint.*` and `adapter.*` for files
 *   that cannot be read or do not fit the model.
 */
export async function useAdapters(
  networks: Networks,
  asked: readonly ExtraNetwork[],
  lookup: AdapterLookup = {},
): Promise<UsedAdapters> {
  const warnings = asked
    .filter(({ kind }) => !loraKinds.has(kind) && kind !== hypernetKind)
    .map((one) => `${tagOf(one)} was left out: "${one.kind}" is nothing known.`);
  const loras = asked.filter(({ kind }) => loraKinds.has(kind));
  const last = new Map(loras.map(readAdapterRequest).map((request) => [request.name, request]));
  const orders: AdapterOrder[] = [];
  const hashes = new Map<string, string>();
  for (const one of loras) {
    // In A1111 a name that comes twice acts twice, both times as strongly as it comes last.
    const { name, textEncoder: text, unet, rank, blocks } = last.get(readAdapterRequest(one).name)!;
    const found = await lookup.lora?.(name);
    if (found === undefined) {
      warnings.push(`${tagOf(one)} was left out: there is no such file.`);
      continue;
    }
    orders.push({ path: found.path, text, unet, rank, blocks });
    hashes.set(name.replaceAll(/[:,]/g, ''), await shortHash(found, hashAdapter));
  }
  const hypers: HyperOrder[] = [];
  for (const one of asked.filter(({ kind }) => kind === hypernetKind)) {
    const { name, strength } = readHypernetworkRequest(one);
    const found = await lookup.hypernetwork?.(name);
    if (found === undefined) warnings.push(`${tagOf(one)} was left out: there is no such file.`);
    else hypers.push({ path: found.path, strength });
  }
  return {
    networks: orders.length + hypers.length === 0 ? networks : await networks.adapted(orders, hypers),
    hashes,
    warnings,
  };
}

/** As the prompt has it, but for the order of what has names. */
function tagOf({ kind, positional, named }: ExtraNetwork): string {
  const items = [...positional, ...[...named].map(([key, value]) => `${key}=${value}`)];
  return `<${[kind, ...items].join(':')}>`;
}
