/** Drawing as a picture says that it was drawn, but for what other options say. */
import { AppError, type ReadRecipe } from '@bottega/contract';
import { readRecipeOf } from '@bottega/server/offline';
import type { Catalogue } from './catalogue.ts';
import type { Context } from './command.ts';
import { text } from './options.ts';
import { quickHash } from './quick-hash.ts';
import { readNamedFile } from './read-named-file.ts';

/**
 * What the picture of `--like` says.
 * @throws UsageError; AppError `picture.unreadable`, `picture.no-recipe`, `model.unknown` where its model is not
 *   installed and no other one is named.
 */
export async function readLike(
  context: Context,
  { models, vaes }: Pick<Catalogue, 'models' | 'vaes'>,
): Promise<Pick<ReadRecipe, 'recipe' | 'start'>> {
  const { values, cwd } = context;
  const name = text(values, 'like');
  if (name === undefined) return { recipe: {} };
  const file = await readNamedFile(cwd, name);
  const hashes = await Promise.all(models.map((one) => one.isFolder !== true && quickHash(one.path)));
  const find = (wanted: string) => {
    const found = models.find(
      (one, index) =>
        [one.name, one.fileName].includes(wanted) ||
        (/^[0-9a-f]{10}$/.test(wanted) && hashes[index] && hashes[index].startsWith(wanted)),
    );
    // Where it is not there the other of name and hash is tried.
    if (found === undefined) throw new Error(`no model ${wanted}`);
    return found;
  };
  const { recipe, start, missingModel } = await readRecipeOf(file, { find }, vaes);
  if (missingModel !== undefined && text(values, 'model') === undefined) {
    const remedy = 'Install it, or name another with --model.';
    throw new AppError('model.unknown', { name: missingModel, remedy });
  }
  if (start !== undefined && text(values, 'from') === undefined)
    context.note(`${name} was drawn from another picture: name it with --from, to draw the same again.\n`);
  return { recipe, ...(start && { start }) };
}
