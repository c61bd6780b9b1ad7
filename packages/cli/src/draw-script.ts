/** Draws many pictures of one recipe and tells what is where. */
import { picturesOf } from '@bottega/server/offline';
import type { Context } from './command.ts';
import { drawOrder, type Order, type Outcome } from './draw-order.ts';
import type { Failure } from './draw-parts.ts';

/** @throws as `drawOrder` does. */
export async function drawScript(context: Context, order: Order): Promise<void> {
  report(context, await drawOrder(context, order));
}

function report(context: Context, outcome: Outcome): void {
  const { plan, parts, pictures, failures, names, sheetNames, seconds } = outcome;
  if (context.values.json === true) {
    const cells = parts.map((part) => ({
      ...plan.variants[part.variant].place,
      prompt: part.recipe.prompt,
      pictures: Array.from({ length: picturesOf(part.recipe) }, (_, i) => part.first + i).flatMap((index) => {
        const picture = pictures.get(index);
        if (picture === undefined) return [];
        const { seed, infotext } = picture;
        return [{ ...(names.length > 0 && { file: names[index] }), seed, infotext }];
      }),
      ...errorOf(failures.get(part.variant)),
    }));
    context.print(JSON.stringify({ sheets: sheetNames, seconds, cells }));
    return;
  }
  for (const name of [...sheetNames, ...names]) context.print(name);
  for (const { message } of failures.values()) context.note(`Not drawn: ${message}\n`);
  context.note(
    `${pictures.size} ${pictures.size === 1 ? 'picture' : 'pictures'} drawn in ${seconds.toFixed(1)} s.\n`,
  );
}

function errorOf(failure: Failure | undefined): object | undefined {
  return failure && { error: { code: failure.code, message: failure.message } };
}
