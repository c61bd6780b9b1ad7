/** `bottega upscale`: larger pictures, with the engine in this very process. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  encodePng,
  type EnlargeRequest,
  listUpscalers,
  openEnlarger,
  readInfotext,
  writeInfotext,
} from '@bottega/diffusion';
import { openColours } from '@bottega/server/pictures';
import { type Command, type Context, UsageError } from '../command.ts';
import { folders } from '../model-files.ts';
import { given, number, size, text } from '../options.ts';
import { percentText, progressBar } from '../progress-bar.ts';
import { pictureNames, refuseExisting, savePicture } from '../save-picture.ts';

const defaultUpscaler = 'esrgan-slim-x4';

export const upscale: Command = {
  summary: 'make pictures larger',
  usage: 'FILE ... -o FILE.png [--scale X | --size WxH] [--upscaler NAME] | --list',
  options: {
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      description: 'where to save it; several get -1, -2 ... (default enlarged.png)',
    },
    scale: {
      type: 'string',
      value: 'X',
      description: 'how many times larger, to multiples of 8 (default 4)',
    },
    size: { type: 'string', value: 'WxH', description: 'cover this size and cut off what sticks out' },
    'no-crop': { type: 'boolean', description: 'with --size: cut nothing off' },
    upscaler: {
      type: 'string',
      short: 'u',
      value: 'NAME',
      description: `a name that --list gives (default ${defaultUpscaler})`,
    },
    second: { type: 'string', value: 'NAME', description: 'another upscaler, mixed in' },
    share: { type: 'string', value: 'X', description: 'how much of it, 0 to 1 (default 0.5)' },
    list: { type: 'boolean', description: 'say which upscalers there are' },
    device: { type: 'string', value: 'NAME', description: 'cpu (default), or what "bottega doctor" lists' },
    force: { type: 'boolean', short: 'f', description: 'replace files that exist' },
    json: { type: 'boolean', description: 'answer with one JSON document' },
  },
  examples: [
    'bottega upscale apple.png -o large.png --scale 4',
    'bottega upscale photo.jpg -o wide.png --size 1920x1080 --upscaler "R-ESRGAN 4x+"',
    'bottega upscale --list',
  ],
  run: (context) => (context.values.list === true ? list(context) : enlarge(context)),
};

async function list(context: Context): Promise<void> {
  const upscalers = await listUpscalers(folders(context).models);
  if (context.values.json === true) return context.print(JSON.stringify({ upscalers }));
  const width = Math.max(...upscalers.map(({ name }) => name.length));
  for (const { name, kind, scale, problem, path = '' } of upscalers) {
    const factor = kind === 'resizing' ? 'any' : `x${scale}`;
    context.print(`${name.padEnd(width)}  ${factor.padEnd(4)} ${problem ?? path}`.trimEnd());
  }
}

async function enlarge(context: Context): Promise<void> {
  const { values, words, signal } = context;
  if (words.length === 0) throw new UsageError('Say which picture to enlarge.');
  const names = pictureNames(context.cwd, text(values, 'output') ?? 'enlarged.png', words.length);
  if (values.force !== true) refuseExisting(names);
  const options = {
    folders: folders(context).models,
    ...given({ device: text(values, 'device') }),
  };
  await using enlarger = await openEnlarger(requestOf(context), options);
  const bar = progressBar(context);
  const saved: object[] = [];
  try {
    for (const [index, word] of words.entries()) {
      const file = await read(context, word);
      const { image, notes } = await enlarger.enlarge(await openColours(file), {
        signal,
        onProgress: (fraction) => bar.show(percentText((index + fraction) / words.length)),
      });
      const postprocessing = writeInfotext('', '', notes);
      await savePicture(
        names[index],
        encodePng(
          image,
          given({ parameters: readInfotext(file), postprocessing: postprocessing || undefined }),
        ),
      );
      const { width, height } = image;
      saved.push({ file: names[index], width, height });
      bar.clear();
      if (values.json !== true) context.print(`${names[index]}  ${width}x${height}`);
    }
  } finally {
    bar.clear();
  }
  if (values.json === true) context.print(JSON.stringify({ pictures: saved }));
}

function requestOf({ values }: Context): EnlargeRequest {
  const wanted = size(values, 'size');
  const scale = number(values, 'scale');
  if (wanted !== undefined && scale !== undefined) throw new UsageError('Give --scale or --size, not both.');
  const second = text(values, 'second');
  if (second === undefined && values.share !== undefined) {
    throw new UsageError('--share needs another upscaler: --second NAME.');
  }
  return {
    upscaler: text(values, 'upscaler') ?? defaultUpscaler,
    to: wanted === undefined ? { scale: scale ?? 4 } : { ...wanted, crop: values['no-crop'] !== true },
    ...(second !== undefined && { second: { upscaler: second, share: number(values, 'share') ?? 0.5 } }),
  };
}

async function read({ cwd }: Context, word: string): Promise<Buffer> {
  const path = resolve(cwd, word);
  return await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${path} cannot be read (${cause.code}).`, { cause });
  });
}
