import type { RgbImage } from '../../api.ts';
import type { FitMode } from '../../image/fit.ts';
import { roundHalfToEven } from '../../image/opencv/area.ts';
import { resolution as usualResolution } from '../../preprocessor/preprocessor.ts';
import type { Preprocessor, Slider } from '../../preprocessor/preprocessor.ts';
import { findPreprocessor } from '../../preprocessor/registry.ts';
import type { ControlNetworks } from '../../runtime/control-net.ts';
import { checkChoice, checkFlag, checkNumber, checkObject, checkText, refuse } from '../checks.ts';
import { checkImage } from '../picture/resolve-picture.ts';
import type { Size } from '../picture-size.ts';
import type { ControlMode, ControlRequest } from './control-request.ts';
import { controlNetworksOf } from './load-control-net.ts';

/** A ControlNet's part in a drawing, with every value checked and present. */
export type ResolvedControl = {
  readonly networks: ControlNetworks;
  readonly title: string;
  readonly image: RgbImage;
  readonly weight: number;
  readonly start: number;
  readonly end: number;
  readonly mode: ControlMode;
  readonly resizeMode: FitMode;
  readonly preprocessor: Preprocessor;
  /** As asked for; `pixelPerfect` works with another. */
  readonly resolution: number;
  readonly pixelPerfect: boolean;
  readonly thresholdA: number;
  readonly thresholdB: number;
  readonly passes: 'both' | 'first' | 'second';
};

/** What image to image gives a control that brings no picture of its own. */
export type ControlDefaults = { readonly image: RgbImage; readonly resizeMode: FitMode };

const most = 10;
const share = { min: 0, max: 1 };
const modes: readonly ControlMode[] = ['balanced', 'prompt', 'control'];
const resizeModes: readonly FitMode[] = ['stretch', 'crop', 'fill'];
/** What the extension assumes where a preprocessor has no such number. */
const hidden: Slider = { label: '', minimum: 0, maximum: 1, step: 0.01, value: 0.5 };

/** @throws EngineError 'request.invalid', 'preprocessor.unknown' */
export function resolveControls(given: unknown, defaults?: ControlDefaults): readonly ResolvedControl[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) return refuse('controls', 'must be a list', given);
  if (given.length > most) return refuse('controls', `must have at most ${most} entries`, given.length);
  return given.map((control: ControlRequest, i) => resolveControl(`controls[${i}]`, control, defaults));
}

function resolveControl(field: string, given: ControlRequest, defaults?: ControlDefaults): ResolvedControl {
  const control = checkObject(field, given);
  const own = control.image === undefined ? undefined : checkImage(`${field}.image`, control.image);
  const image = own ?? defaults?.image;
  if (image === undefined) return refuse(`${field}.image`, 'must be a picture', control.image);
  const resizeMode = own === undefined ? (defaults?.resizeMode ?? 'crop') : (control.resizeMode ?? 'crop');
  const start = checkNumber(`${field}.start`, control.start ?? 0, share);
  const end = checkNumber(`${field}.end`, control.end ?? 1, share);
  if (start > end) return refuse(`${field}.start`, `must not be above ${field}.end, ${end}`, start);
  const preprocessor = findPreprocessor(
    checkText(`${field}.preprocessor`, control.preprocessor ?? 'none', 100),
  );
  const [a = hidden, b = hidden] = preprocessor.thresholds;
  return {
    networks: controlNetworksOf(checkObject(`${field}.model`, control.model)),
    title: control.model.title,
    image,
    weight: checkNumber(`${field}.weight`, control.weight ?? 1, { min: 0, max: 2 }),
    start,
    end,
    mode: checkChoice(`${field}.mode`, control.mode ?? 'balanced', modes),
    resizeMode: checkChoice(`${field}.resizeMode`, resizeMode, resizeModes),
    preprocessor,
    resolution: within(preprocessor.resolution ?? usualResolution, control.resolution),
    pixelPerfect: checkFlag(`${field}.pixelPerfect`, control.pixelPerfect ?? false),
    thresholdA: within(a, control.thresholdA),
    thresholdB: within(b, control.thresholdB),
    passes: checkChoice(`${field}.passes`, control.passes ?? 'both', ['both', 'first', 'second']),
  };
}

/** As the extension: clients send -1 for whatever they do not know. */
function within({ minimum, maximum, value }: Slider, given: unknown): number {
  const fits = typeof given === 'number' && given >= minimum && given <= maximum;
  return fits ? given : value;
}

/** The map of a control's picture, in the size that its preprocessor gives. @throws EngineError 'request.too-large' */
export function mapOf(control: Omit<ResolvedControl, 'networks' | 'title'>, drawn: Size): RgbImage {
  const { image, preprocessor, thresholdA, thresholdB } = control;
  const resolution = control.pixelPerfect ? perfectResolution(control, drawn) : control.resolution;
  return preprocessor.apply(image, { resolution, thresholdA, thresholdB });
}

/** The shorter side of the picture once it has the size that is drawn. */
function perfectResolution(
  { image, resizeMode }: Pick<ResolvedControl, 'image' | 'resizeMode'>,
  { width, height }: Size,
): number {
  const scales = [height / image.height, width / image.width];
  const scale = resizeMode === 'fill' ? Math.min(...scales) : Math.max(...scales);
  return Math.max(1, roundHalfToEven(scale * Math.min(image.width, image.height)));
}
