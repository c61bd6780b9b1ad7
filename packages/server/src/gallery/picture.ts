/** A picture's row as the API shows it. */
import type { Picture } from '@bottega/contract';
import type { PictureRow } from '../db/schema.ts';
import { mediaUrls } from '../media/routes.ts';

/** The columns that the API shows: not the search vector, which is large. */
export const pictureColumns = [
  'id',
  'generation_id',
  'index',
  'media',
  'width',
  'height',
  'seed',
  'prompt',
  'negative_prompt',
  'model',
  'infotext',
  'is_sheet',
  'mask',
  'composite',
  'created_at',
] as const;

/** The columns that name a picture's files. */
export const pictureFiles = ['media', 'mask', 'composite'] as const;

export function filesOf({
  media,
  mask,
  composite,
}: Pick<PictureRow, 'media' | 'mask' | 'composite'>): Buffer[] {
  return [media, mask, composite].filter((file) => file !== null);
}

export function toPicture(row: PictureRow): Picture {
  return {
    id: row.id,
    generationId: row.generation_id,
    index: row.index,
    ...mediaUrls(row.media),
    width: row.width,
    height: row.height,
    seed: row.seed,
    prompt: row.prompt,
    negativePrompt: row.negative_prompt,
    model: row.model,
    infotext: row.infotext,
    ...(row.is_sheet && { isSheet: true }),
    ...(row.mask && { maskUrl: mediaUrls(row.mask).url }),
    ...(row.composite && { compositeUrl: mediaUrls(row.composite).url }),
    createdAt: row.created_at.toISOString(),
  };
}
