/** The checkpoint that somebody means who writes a part of its name (A1111's get_closet_checkpoint_match). */
import type { ModelInfo } from '@bottega/contract';

const longestName = 1000;

/**
 * The one that goes by these words; else the one with the shortest title that contains them, then without their
 * `[hash]`.
 * @param find Gives the model of a name, or throws.
 */
export function closestModel(
  words: string,
  models: readonly ModelInfo[],
  find: (name: string) => ModelInfo,
): string | undefined {
  const wanted = words.trim();
  if (wanted === '' || wanted.length > longestName) return undefined;
  try {
    return find(wanted).name;
  } catch {
    const usable = models.filter(({ problem }) => problem === undefined);
    const byLength = usable.toSorted((a, b) => a.title.length - b.title.length);
    return [wanted, wanted.replace(/\s*\[[^\]]*\]\s*$/, '')]
      .filter((part) => part !== '')
      .flatMap((part) => byLength.find(({ title }) => title.toLowerCase().includes(part.toLowerCase())) ?? [])
      .at(0)?.name;
  }
}
