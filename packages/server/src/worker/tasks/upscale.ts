/** Enlarges the pictures of a task; those that are finished already are left. */
import { AppError } from '@bottega/contract';
import type { EnlargeRequest } from '@bottega/diffusion';
import { openColours } from '../../media/open-start.ts';
import type { TaskResult } from '../../tasks/kinds.ts';
import type { Run } from './run-task.ts';

export async function upscale(
  request: EnlargeRequest,
  { id, begun, parts, signal, report }: Run,
): Promise<TaskResult | undefined> {
  const { encodePng, openEnlarger, readPngText, writeInfotext } = await import('@bottega/diffusion');
  const { inputs, finished } = begun;
  await using enlarger = await openEnlarger(request, { ...parts.settings, folders: parts.modelFolders });
  let note = '';
  for (const [done, { index, media, infotext }] of inputs.entries()) {
    signal.throwIfAborted();
    if (finished.has(index)) continue;
    const file = await parts.media.get(media);
    if (file === undefined)
      throw new AppError('media.unknown', { field: `images.${index}`, id: media.toString('hex') });
    const { image, notes } = await enlarger.enlarge(await openColours(file), {
      signal,
      onProgress: (fraction) => report((done + fraction) / inputs.length),
    });
    note = writeInfotext('', '', notes);
    const parameters = infotext ?? readPngText(file).texts.get('parameters');
    const texts = {
      ...(parameters !== undefined && { parameters }),
      ...(note !== '' && { postprocessing: note }),
    };
    const kept = await parts.store.keep(id, {
      index,
      png: encodePng(image, texts),
      width: image.width,
      height: image.height,
      infotext: parameters,
    });
    if (!kept) return undefined;
  }
  return note === '' ? {} : { note };
}
