/** Requests for what is not installed or not there yet are answered, never drawn wrongly. */
import type { sdapi } from '@bottega/contract';
import { notYet, refusal } from '../refusal.ts';

type Common = Pick<
  sdapi.Txt2ImgRequest,
  'tiling' | 'refiner_checkpoint' | 'refiner_switch_at' | 'script_name' | 'alwayson_scripts'
>;

/**
 * `restore_faces` is let through, as A1111 does where no face restorer is installed.
 * @throws SdapiRefusal 422 for scripts, 501 for what the engine lacks.
 */
export function refuseUnsupported(request: Common & Partial<Pick<sdapi.Txt2ImgRequest, 'enable_hr'>>): void {
  if (request.script_name) throw scriptNotFound(request.script_name);
  for (const [name, value] of Object.entries(request.alwayson_scripts)) {
    if (asksForSomething(value)) throw scriptNotFound(name);
  }
  if (request.enable_hr === true) throw notYet('The second pass (enable_hr)');
  if (request.tiling === true) throw notYet('Tiling');
  const refiner = request.refiner_checkpoint ?? '';
  if (!['', 'None', 'none'].includes(refiner) && (request.refiner_switch_at ?? 0) > 0) {
    throw notYet('A refiner checkpoint');
  }
}

/**
 * Clients name scripts of extensions in every request, with no arguments or with units that are off, ControlNet
 * above all.
 */
function asksForSomething(script: unknown): boolean {
  const { args } = (script ?? {}) as { args?: unknown };
  return Array.isArray(args) ? !args.every(isOff) : args !== undefined && args !== null;
}

function isOff(unit: unknown): boolean {
  return typeof unit === 'object' && unit !== null && (unit as { enabled?: unknown }).enabled === false;
}

function scriptNotFound(name: string) {
  return refusal(422, `Script '${name.slice(0, 200)}' not found`);
}
