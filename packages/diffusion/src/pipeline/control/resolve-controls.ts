import type { RgbImage } from '../../api.ts';
import type { FitMode } from '../../image/fit.ts';
import type { ControlNetworks } from '../../runtime/control-net.ts';
import { checkChoice, checkNumber, checkObject, refuse } from '../checks.ts';
import type { ControlMode, ControlRequest } from './control-request.ts';
import { checkImage } from '../picture/resolve-picture.ts';
import { resolveMap } from './control-map.ts';
import type { ResolvedMap } from './control-map.ts';
import { controlNetworksOf } from './load-control-net.ts';

/** A ControlNet's part in a drawing, with every value checked and present. */
export type ResolvedControl = ResolvedMap & {
  readonly networks: ControlNetworks;
  readonly title: string;
  readonly mask?: RgbImage;
  readonly weight: number;
  readonly start: number;
  readonly end: number;
  readonly mode: ControlMode;
  readonly passes: 'both' | 'first' | 'second';
};

/** What image to image gives a control that brings no picture of its own. */
export type ControlDefaults = { readonly image: RgbImage; readonly resizeMode: FitMode };

const most = 10;
const share = { min: 0, max: 1 };
const modes: readonly ControlMode[] = ['balanced', 'prompt', 'control'];

/** @throws EngineError 'request.invalid', 'preprocessor.unknown' */
export function resolveControls(given: unknown, defaults?: ControlDefaults): readonly ResolvedControl[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) return refuse('controls', 'must be a list', given);
  if (given.length > most) return refuse('controls', `must have at most ${most} entries`, given.length);
  return given.map((control: ControlRequest, i) => resolveControl(`controls[${i}]`, control, defaults));
}

function resolveControl(field: string, given: ControlRequest, defaults?: ControlDefaults): ResolvedControl {
  const control = checkObject(field, given);
  const map = resolveMap(field, control.image === undefined ? { ...control, ...defaults } : control);
  const start = checkNumber(`${field}.start`, control.start ?? 0, share);
  const end = checkNumber(`${field}.end`, control.end ?? 1, share);
  if (start > end) return refuse(`${field}.start`, `must not be above ${field}.end, ${end}`, start);
  return {
    ...map,
    networks: controlNetworksOf(checkObject(`${field}.model`, control.model)),
    title: control.model.title,
    ...(control.mask !== undefined && { mask: checkImage(`${field}.mask`, control.mask) }),
    weight: checkNumber(`${field}.weight`, control.weight ?? 1, { min: 0, max: 2 }),
    start,
    end,
    mode: checkChoice(`${field}.mode`, control.mode ?? 'balanced', modes),
    passes: checkChoice(`${field}.passes`, control.passes ?? 'both', ['both', 'first', 'second']),
  };
}
