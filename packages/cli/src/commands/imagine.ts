/** `bottega imagine`: a picture from words, with the engine in this very process. */
import { encodePng, type GenerationEvent, imageToImage, loadModel, textToImage } from '@bottega/diffusion';
import { join } from 'node:path';
import { programVersion } from '@bottega/server/version';
import { type Command, type Context, UsageError } from '../command.ts';
import { adapterLookup, adapterOptions } from '../adapter-files.ts';
import { controlOptions, readControls } from '../control-options.ts';
import { folders, resolveModel } from '../model-files.ts';
import { given, number, size, text } from '../options.ts';
import { chosenVae, openRefiner, otherModelOptions } from '../other-model-files.ts';
import { progressBar, progressText } from '../progress-bar.ts';
import { quickHash } from '../quick-hash.ts';
import { readSecondPass, secondPassOptions } from '../second-pass-options.ts';
import { readStart, startOptions } from '../start-options.ts';
import { pictureNames, refuseExisting, savePicture } from '../save-picture.ts';

type Saved = {
  readonly file: string;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly infotext: string;
};

export const imagine: Command = {
  summary: 'draw a picture from words, or from another picture, without a server',
  usage: '"WORDS" [-o FILE.png] [OPTIONS]',
  options: {
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      description: 'where to save it; several get -1, -2 ... (default picture.png)',
    },
    negative: { type: 'string', short: 'n', value: 'WORDS', description: 'what should not be in it' },
    model: {
      type: 'string',
      short: 'm',
      value: 'NAME',
      description: 'a name from "bottega models list", or a file',
    },
    ...otherModelOptions,
    size: { type: 'string', value: 'WxH', description: 'in pixels (default: what the model was made for)' },
    steps: { type: 'string', value: 'N', description: "1 to 150 (default: the model's, or 20)" },
    guidance: {
      type: 'string',
      short: 'g',
      value: 'X',
      description: "how strongly the words count, 1 to 30 (default: the model's, or 7)",
    },
    seed: {
      type: 'string',
      value: 'N',
      description: 'the same seed gives the same picture (default -1, a random one)',
    },
    sampler: { type: 'string', value: 'NAME', description: 'e.g. "Euler a"' },
    schedule: { type: 'string', value: 'NAME', description: 'e.g. Karras (default Automatic)' },
    'clip-skip': {
      type: 'string',
      value: 'N',
      description: 'leave out the last layers of the text encoder (default 1)',
    },
    tile: { type: 'boolean', description: 'let its edges fit together, so that it can be laid as tiles' },
    'token-merging': {
      type: 'string',
      value: 'X',
      description: 'share of the pixels that are drawn as one with others, up to 0.9: faster, less exact',
    },
    ...secondPassOptions,
    ...startOptions,
    ...controlOptions,
    ...adapterOptions,
    count: { type: 'string', short: 'c', value: 'N', description: 'how many pictures (default 1)' },
    fast: { type: 'boolean', description: 'fewer seconds a step for more memory and a longer start' },
    int8: { type: 'boolean', description: 'half the seconds a step, nearly the same picture' },
    device: { type: 'string', value: 'NAME', description: 'cpu (default), or what "bottega doctor" lists' },
    force: { type: 'boolean', short: 'f', description: 'replace files that exist' },
    json: { type: 'boolean', description: 'answer with one JSON document' },
  },
  examples: [
    'bottega imagine "a red apple on a blue background" -o apple.png',
    'bottega imagine "a green apple" --from apple.png --strength 0.6 -o green.png',
    'bottega imagine "a walled town" --hires 2 --hires-strength 0.5 -o town.png',
    'bottega imagine "a lighthouse <lora:inkwash:0.8>" --lora-dir ~/loras -o ink.png',
    'bottega imagine "a house of glass" --control model=canny,image=house.png,module=canny -o glass.png',
    'bottega imagine "3d render of a rocket" --size 512x512 --seed 7 --count 4 -o rocket.png',
  ],
  run: draw,
};

async function draw(context: Context): Promise<void> {
  const { values, words, signal } = context;
  if (words.length === 0) throw new UsageError('Say in words what to draw.');
  const count = number(values, 'count') ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > 100)
    throw new UsageError('--count takes a whole number from 1 to 100.');
  const names = pictureNames(context.cwd, text(values, 'output') ?? 'picture.png', count);
  if (values.force !== true) refuseExisting(names);

  const hires = readSecondPass(values);
  const start = await readStart(values, context.cwd);
  const path = await resolveModel(text(values, 'model'), context);
  const runtime = given({
    mode: speedMode(values),
    int8Folder: join(folders(context).data, 'int8'),
    device: text(values, 'device'),
  });
  await using followed = await readControls(context, runtime);
  const vae = await chosenVae(context, path);
  const sha256 = await quickHash(path);
  await using model = await loadModel(path, { ...runtime, ...vae, ...given({ sha256 }) });
  const refiner = await openRefiner(context, runtime);
  await using _ = refiner?.model;
  const request = {
    prompt: words.join(' '),
    batchCount: count,
    controls: followed.controls,
    ...given({
      negativePrompt: text(values, 'negative'),
      ...size(values, 'size'),
      steps: number(values, 'steps'),
      cfgScale: number(values, 'guidance'),
      seed: number(values, 'seed'),
      sampler: text(values, 'sampler'),
      scheduler: text(values, 'schedule'),
      clipSkip: number(values, 'clip-skip'),
      tiling: values.tile === true ? true : undefined,
      tokenMerging: number(values, 'token-merging'),
      hires,
      refiner,
    }),
  };
  const saved: Saved[] = [];
  const bar = progressBar(context);
  let seconds = 0;
  try {
    const options = {
      signal,
      version: programVersion,
      adapters: await adapterLookup(context),
      upscalerFolders: folders(context).models,
    };
    const events =
      start === undefined
        ? textToImage(model, request, options)
        : imageToImage(model, { ...request, ...start }, options);
    for await (const event of events) {
      if (event.type === 'started') for (const warning of event.warnings ?? []) context.note(`${warning}\n`);
      if (event.type === 'step')
        bar.show(progressText(event.fraction, event.step, event.steps, event.secondsRemaining));
      if (event.type === 'picture') saved.push(await save(event, names[event.index]));
      if (event.type === 'done') seconds = event.seconds;
    }
  } finally {
    bar.clear();
  }
  report(context, model.info.name, saved, seconds);
}

async function save(event: GenerationEvent & { type: 'picture' }, file: string): Promise<Saved> {
  await savePicture(file, encodePng(event.image, event.infotext));
  return {
    file,
    seed: event.seed,
    width: event.image.width,
    height: event.image.height,
    infotext: event.infotext,
  };
}

function report(context: Context, model: string, pictures: readonly Saved[], seconds: number): void {
  if (context.values.json === true) {
    context.print(JSON.stringify({ model, seconds, pictures }));
    return;
  }
  for (const { file, seed, width, height } of pictures)
    context.print(`${file}  ${width}x${height}, seed ${seed}`);
  context.note(
    `${pictures.length === 1 ? 'Drawn' : `${pictures.length} drawn`} in ${seconds.toFixed(1)} s with ${model}.\n`,
  );
}

function speedMode({ fast, int8 }: Readonly<Record<string, unknown>>): 'fast' | 'int8' | undefined {
  if (fast === true && int8 === true) throw new UsageError('Choose --fast or --int8, not both.');
  return int8 === true ? 'int8' : fast === true ? 'fast' : undefined;
}
