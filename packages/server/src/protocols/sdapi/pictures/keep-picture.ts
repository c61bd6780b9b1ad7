/** Pictures of requests on their way to a job. */
import { AppError } from '@bottega/contract';
import type { Upload } from '../../../media/uploads.ts';
import { SdapiRefusal } from '../refusal.ts';
import type { SdapiServices } from '../services.ts';
import { decodePicture } from './decode.ts';

/**
 * Opens a picture of a request and keeps it for its job.
 * @param field the request's name for it, told where it cannot be used
 * @throws SdapiRefusal 500 in A1111's words; `errors`, empty there, says what is wrong with the picture.
 */
export async function keepPicture(
  uploads: SdapiServices['uploads'],
  picture: string,
  field: string,
): Promise<Upload> {
  return nameUnreadable(field, uploads.keep(await decodePicture(picture)));
}

/** Waits for what is made of a picture of a request. @throws as `keepPicture`. */
export async function nameUnreadable<Made>(field: string, made: Promise<Made>): Promise<Made> {
  return made.catch((cause: unknown) => {
    if (!(cause instanceof AppError && cause.code === 'picture.unreadable')) throw cause;
    const errors = `${field}: ${cause.message}`;
    throw new SdapiRefusal(500, { detail: 'Invalid encoded image', errors }, { cause });
  });
}
