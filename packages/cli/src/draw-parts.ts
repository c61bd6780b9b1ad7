/** Draws the parts of an order, one after the other. */
import { encodePng, type GenerationEvent } from '@bottega/diffusion';
import {
  createTileCutter,
  failureBefore,
  type OfflineTools,
  openPart,
  type Part,
  type Plan,
  requestOf,
  withNotes,
} from '@bottega/server/offline';
import type { Context } from './command.ts';
import type { Pictures } from './pictures.ts';
import { progressBar, progressText } from './progress-bar.ts';
import { quickHash } from './quick-hash.ts';
import { readLoading } from './loading.ts';

export type Picture = {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  readonly infotext: string;
};
export type Failure = Error & { readonly code: string };
export type Drawn = {
  /** By their indices in the order. */
  readonly pictures: ReadonlyMap<number, Picture>;
  /** By variant. */
  readonly failures: ReadonlyMap<number, Failure>;
};

export type Job = {
  readonly parts: readonly Part[];
  readonly plan: Plan;
  readonly tools: OfflineTools;
  readonly media: Pictures;
};

/**
 * @param onPicture Waited for after each picture.
 * @throws EngineError only where no picture can be drawn, or when interrupted; AppError.
 */
export async function drawParts(
  context: Context,
  { parts, plan, tools, media }: Job,
  onPicture: (index: number, picture: Picture) => Promise<void>,
): Promise<Drawn> {
  const { signal } = context;
  const { order } = plan;
  const pictures = new Map<number, Picture>();
  const stored = new Map<number, Buffer>();
  const failures = new Map<number, Failure>();
  const bar = progressBar(context);
  const { mode = 'default', threads, device = 'cpu' } = readLoading(context);
  const cutTile = createTileCutter({ mode, threads, device, modelFolders: tools.modelFolders });
  try {
    for (const [place, variant] of order.entries()) {
      const part = parts[variant];
      const missing = failureBefore(variant, plan, failures);
      if (missing !== undefined) {
        failures.set(variant, missing);
        continue;
      }
      try {
        const sha256 = await quickHash(part.modelPath);
        const events = await openPart(part, requestOf(part), tools, { sha256, stored, cutTile, signal });
        for await (const event of events) {
          if (event.type === 'started')
            for (const warning of event.warnings ?? []) context.note(`${warning}\n`);
          if (event.type === 'step') bar.show(told(event, place, order.length));
          if (event.type !== 'picture') continue;
          const index = part.first + event.index;
          const infotext = withNotes(event.infotext, part.notes);
          const { width, height } = event.image;
          const picture = {
            png: encodePng(event.image, infotext),
            width,
            height,
            seed: event.seed,
            infotext,
          };
          pictures.set(index, picture);
          stored.set(index, media.put(picture.png));
          await onPicture(index, picture);
        }
      } catch (error) {
        if (!isEngineError(error) || signal.aborted) throw error;
        failures.set(variant, error);
      }
    }
    if (failures.size === order.length) throw failures.get(order[0]);
  } finally {
    bar.clear();
  }
  return { pictures, failures };
}

function told(step: GenerationEvent & { type: 'step' }, place: number, count: number): string {
  const own = progressText(step.fraction, step.step, step.steps, step.secondsRemaining);
  return count === 1 ? own : `${place + 1} of ${count} ${own}`;
}

function isEngineError(error: unknown): error is Failure {
  return error instanceof Error && error.name === 'EngineError';
}
