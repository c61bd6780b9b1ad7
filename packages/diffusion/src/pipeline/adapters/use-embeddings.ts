import { readEmbedding, requireFit } from '../../embedding/read-embedding.ts';
import type { Embedding, EncoderName } from '../../embedding/read-embedding.ts';
import { hashFile } from '../../checkpoint/hash-file.ts';
import { EngineError } from '../../errors.ts';
import type { InfotextParameters } from '../../infotext/write.ts';
import type { EmbeddingName } from '../../prompt/chunks.ts';
import type { LearnedWords } from '../../prompt/place-embeddings.ts';
import type { PromptPlan } from '../../prompt/prompt-plan.ts';
import type { Networks } from '../../runtime/networks.ts';
import { tensor } from '../../tensor.ts';
import type { NamedFile } from './lookup.ts';
import { shortHash } from './short-hash.ts';

/** Prompts planned with the embeddings that they name. */
export type UsedEmbeddings = {
  readonly plans: readonly PromptPlan[];
  readonly learned?: LearnedWords;
  /** What infotext says of them. */
  readonly parameters: InfotextParameters;
  /** What a prompt names and cannot be used. */
  readonly warnings: readonly string[];
};

/**
 * Finds the embeddings that prompts name, in the positive and in the negative ones, and plans the prompts with them. A
 * file that cannot be used or was made for another model leaves its name a word like any other, with a warning: the
 * prompt may mean the word.
 * @param files all that prompts may name.
 * @param plan plans the prompts, one plan for each text encoder.
 */
export async function useEmbeddings(
  networks: Networks,
  files: readonly NamedFile[],
  plan: (embeddings: readonly EmbeddingName[]) => readonly PromptPlan[],
): Promise<UsedEmbeddings> {
  const plain = plan([]);
  const warnings: string[] = [];
  const read = new Map<string, { readonly file: NamedFile; readonly embedding: Embedding }>();
  for (const file of files.filter(({ name }) => mayStandIn(plain[0], name))) {
    try {
      const embedding = await readEmbedding(file.path);
      requireFit(embedding, widthsOf(networks), networks.info.name);
      read.set(file.name, { file, embedding });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      warnings.push(`"${file.name}" was read as a word: ${error.message}`);
    }
  }
  if (read.size === 0) return { plans: plain, parameters: [], warnings };
  const plans = plan([...read].map(([name, { embedding }]) => ({ name, vectors: embedding.count })));
  const hashes = new Map<string, string>();
  const uses = usesOf(plans[0]);
  for (const name of new Set(uses.flat())) {
    hashes.set(name, await shortHash(read.get(name)!.file, async (path) => (await hashFile(path)).sha256));
  }
  const used = [...read]
    .filter(([name]) => hashes.has(name))
    .map(([name, { embedding }]) => [name, embedding] as const);
  // In A1111 every text encoder adds what it reads before what is there.
  const listed = uses
    .toReversed()
    .flatMap((names) => plans.flatMap(() => names))
    .map((name) => `${name.replaceAll(/[:,]/g, '')}: ${hashes.get(name)}`);
  return {
    plans,
    learned: used.length === 0 ? undefined : learnedWords(networks, used),
    parameters: listed.length === 0 ? [] : [['TI hashes', listed.join(', ')]],
    warnings,
  };
}

/** Whether a name may be found in a plan's texts; whether it is tells its tokens, for which its size must be known. */
function mayStandIn({ groups }: PromptPlan, name: string): boolean {
  const wanted = simplified(name);
  return groups.some(({ texts }) => texts.some(({ text }) => simplified(text).includes(wanted)));
}

/** Without what does not survive into tokens. */
function simplified(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s\\]/g, '');
}

/** The embeddings of each prompt, each once, in A1111's order: the negative prompt, then those that AND joins. */
function usesOf({ groups, conditionsAt }: PromptPlan): readonly (readonly string[])[] {
  const { positive, negative } = conditionsAt(0);
  return [negative.group, ...new Set(positive.map(({ group }) => group))].map((group) => {
    const { texts } = groups[group];
    const fixes = texts[0].chunks.flatMap((_, i) => texts.flatMap(({ chunks }) => chunks[i].fixes));
    return [...new Set(fixes.map(({ embedding }) => embedding))];
  });
}

function widthsOf({ family, configs }: Networks): Readonly<Partial<Record<EncoderName, number>>> {
  return Object.fromEntries(
    family.textEncoders.map(({ embedding }, i) => [embedding, configs.text[i].width]),
  );
}

function learnedWords(
  { family, configs }: Networks,
  used: readonly (readonly [name: string, embedding: Embedding])[],
): LearnedWords {
  const rows = new Map<string, { readonly first: number; readonly count: number }>();
  let total = 0;
  for (const [name, { count }] of used) {
    rows.set(name, { first: total, count });
    total += count;
  }
  const vectors = family.textEncoders.map((part, i) => {
    const all = tensor([total, configs.text[i].width]);
    for (const [name, embedding] of used) {
      const own = embedding.vectors[part.embedding];
      if (own !== undefined) all.data.set(own.data, rows.get(name)!.first * own.shape[1]);
    }
    return all;
  });
  return { vectors, rows };
}
