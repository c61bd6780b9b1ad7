/** Enlarging pictures with the engine in this very process. */
import {
  encodePng,
  type EnlargeRequest,
  listUpscalers,
  openEnlarger,
  readInfotext,
  writeInfotext,
} from '@bottega/diffusion';
import { openColours } from '@bottega/server/pictures';
import { type Context, UsageError } from './command.ts';
import { folders } from './model-files.ts';
import { given, number, size, text } from './options.ts';
import { percentText, progressBar } from './progress-bar.ts';
import { readNamedFile } from './read-named-file.ts';
import { pictureNames, refuseExisting, savePicture } from './save-picture.ts';

/** Says which upscalers there are. */
export async function listAll(context: Context): Promise<void> {
  const upscalers = await listUpscalers(folders(context).models);
  if (context.values.json === true) return context.print(JSON.stringify({ upscalers }));
  const width = Math.max(...upscalers.map(({ name }) => name.length));
  for (const { name, kind, scale, problem, path = '' } of upscalers) {
    const factor = kind === 'resizing' ? 'any' : `x${scale}`;
    context.print(`${name.padEnd(width)}  ${factor.padEnd(4)} ${problem ?? path}`.trimEnd());
  }
}

/** @param defaultUpscaler Where the options name none. @throws UsageError, AppError, EngineError. */
export async function enlarge(context: Context, defaultUpscaler: string): Promise<void> {
  const { values, words, signal } = context;
  if (words.length === 0) throw new UsageError('Say which picture to enlarge.');
  const names = pictureNames(context.cwd, text(values, 'output') ?? 'enlarged.png', words.length);
  if (values.force !== true) refuseExisting(names);
  const options = {
    folders: folders(context).models,
    ...given({ device: text(values, 'device') }),
  };
  await using enlarger = await openEnlarger(requestOf(context, defaultUpscaler), options);
  const bar = progressBar(context);
  const saved: object[] = [];
  try {
    for (const [index, word] of words.entries()) {
      const file = await readNamedFile(context.cwd, word);
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

function requestOf({ values }: Context, defaultUpscaler: string): EnlargeRequest {
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
