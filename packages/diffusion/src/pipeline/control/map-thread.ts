/** The thread of `makeControlMap`. */
import { parentPort } from 'node:worker_threads';
import { EngineError } from '../../errors.ts';
import { encodePng } from '../../image/encode-png.ts';
import { controlMap, type MapRequest } from './control-map.ts';
import type { Size } from '../picture-size.ts';

export type MapTask = { readonly id: number; readonly request: MapRequest; readonly size?: Size };
export type MapAnswer = { readonly id: number } & (
  | { readonly png: Uint8Array<ArrayBuffer> }
  | {
      /** A code only where it is the engine's own. */
      readonly error: Pick<EngineError, 'message'> & Partial<Pick<EngineError, 'code' | 'details'>>;
    }
);

parentPort?.on('message', ({ id, request, size }: MapTask) => {
  try {
    const png = Uint8Array.from(encodePng(controlMap(request, size)));
    parentPort?.postMessage({ id, png } satisfies MapAnswer, [png.buffer]);
  } catch (error) {
    const { message } = error as Error;
    const coded = error instanceof EngineError ? { code: error.code, details: error.details } : {};
    parentPort?.postMessage({ id, error: { message, ...coded } } satisfies MapAnswer, []);
  }
});
