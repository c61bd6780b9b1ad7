/** `bottega imagine`: a picture from words, with the engine in this very process. */
import { type Command, type Context, UsageError } from '../command.ts';
import type { Outcome } from '../draw-order.ts';
import { drawingOptions } from '../drawing-options.ts';
import { text } from '../options.ts';

export const imagine: Command = {
  summary: 'draw a picture from words, or from another picture, without a server',
  usage: '"WORDS" [-o FILE.png] [OPTIONS]',
  options: {
    ...drawingOptions,
    output: {
      ...drawingOptions.output,
      description: 'where to save it; several get -1, -2 ... (default picture.png)',
    },
  },
  examples: [
    'bottega imagine "a red apple on a blue background" -o apple.png',
    'bottega imagine "a green apple" --from apple.png --strength 0.6 -o green.png',
    'bottega imagine --like apple.png --seed -1 --count 4 -o more-apples.png',
    'bottega imagine "a walled town" --hires 2 --hires-strength 0.5 -o town.png',
    'bottega imagine "a lighthouse <lora:inkwash:0.8>" --lora-dir ~/loras -o ink.png',
    'bottega imagine "a house of glass" --control model=canny,image=house.png,module=canny -o glass.png',
    'bottega imagine "3d render of a rocket" --size 512x512 --seed 7 --count 4 -o rocket.png',
  ],
  run: async (context) => {
    const { values, words } = context;
    const isLike = text(values, 'like') !== undefined;
    if (words.length === 0 && !isLike) throw new UsageError('Say in words what to draw.');
    const { drawOrder } = await import('../draw-order.ts');
    const output = text(values, 'output') ?? 'picture.png';
    report(
      context,
      await drawOrder(context, {
        ...(words.length > 0 && { prompt: words.join(' ') }),
        output,
        savesPictures: true,
      }),
    );
  },
};

function report(context: Context, { parts, pictures, failures, names, seconds }: Outcome): void {
  const { model } = parts[0].recipe;
  const saved = [...pictures].map(([index, { seed, width, height, infotext }]) => {
    return { file: names[index], seed, width, height, infotext };
  });
  if (context.values.json === true) {
    context.print(JSON.stringify({ model, seconds, pictures: saved }));
    return;
  }
  for (const { file, seed, width, height } of saved)
    context.print(`${file}  ${width}x${height}, seed ${seed}`);
  for (const { message } of failures.values()) context.note(`Not drawn: ${message}\n`);
  context.note(
    `${saved.length === 1 ? 'Drawn' : `${saved.length} drawn`} in ${seconds.toFixed(1)} s with ${model}.\n`,
  );
}
