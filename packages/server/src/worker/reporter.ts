/** Tells the server how far a drawing is: often enough to watch, seldom enough not to slow it down. */
import type { GenerationEvent, RgbImage } from '@bottega/diffusion';
import type { Progress } from '@bottega/contract';
import type { Db } from '../db/connect.ts';
import { type Message, notify, payloadLimit } from '../events/channel.ts';
import type { Logger } from '../log/logger.ts';
import { loadSharp } from '../media/load-sharp.ts';

type Step = Extract<GenerationEvent, { type: 'step' }>;

const stepEveryMs = 50;
const previewEveryMs = 500;
const previewSide = 160;

/**
 * @param toProgress What a step means for the whole of the generation.
 * @returns a function that takes the engine's steps; it never throws, since a report is not worth a picture.
 */
export function createReporter(
  db: Db,
  id: string,
  toProgress: (step: Step) => Progress,
  log: Logger,
): (step: Step) => void {
  let lastStep = 0;
  let lastPreview = 0;
  let sending: Promise<void> | undefined;

  async function send(step: Step, withPreview: boolean): Promise<void> {
    const message: Message = { type: 'progress', id, progress: toProgress(step) };
    const preview = withPreview && step.preview !== undefined ? await encodePreview(step.preview) : undefined;
    const full = { ...message, preview };
    const fits = Buffer.byteLength(JSON.stringify(full)) <= payloadLimit;
    await notify(db, 'bottega_events', fits ? full : message);
  }

  return (step) => {
    const now = performance.now();
    if (sending !== undefined || now - lastStep < stepEveryMs) return;
    lastStep = now;
    const withPreview = step.preview !== undefined && now - lastPreview >= previewEveryMs;
    if (withPreview) lastPreview = now;
    sending = send(step, withPreview)
      .catch((error: unknown) => log.debug('a step could not be reported', { error }))
      .finally(() => (sending = undefined));
  };
}

/** A WebP of a few kilobytes, as a data: URI. */
async function encodePreview({ width, height, data }: RgbImage): Promise<string> {
  const sharp = await loadSharp();
  const webp = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(previewSide, previewSide, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 60, effort: 2 })
    .toBuffer();
  return `data:image/webp;base64,${webp.toString('base64')}`;
}
