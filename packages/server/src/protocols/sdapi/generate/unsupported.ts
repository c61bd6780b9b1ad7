/** Requests for what is not installed or not there yet are answered, never drawn wrongly. */
import type { sdapi } from '@bottega/contract';
import { notYet } from '../refusal.ts';

type Common = Pick<sdapi.Txt2ImgRequest, 'tiling'>;

/**
 * `restore_faces` is let through, as A1111 does where no face restorer is installed.
 * @throws SdapiRefusal 501 for what the engine lacks.
 */
export function refuseUnsupported(request: Common): void {
  if (request.tiling === true) throw notYet('Tiling');
}
