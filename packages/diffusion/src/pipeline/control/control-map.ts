import type { RgbImage } from '../../api.ts';
import type { FitMode } from '../../image/fit.ts';
import { roundHalfToEven } from '../../image/opencv/area.ts';
import { fitMap } from '../../preprocessor/map/fit-map.ts';
import { resolution as usualResolution } from '../../preprocessor/preprocessor.ts';
import type { Preprocessor, Slider } from '../../preprocessor/preprocessor.ts';
import { findPreprocessor } from '../../preprocessor/registry.ts';
import { checkChoice, checkFlag, checkText, refuse } from '../checks.ts';
import { checkImage } from '../picture/resolve-picture.ts';
import type { Size } from '../picture-size.ts';
import type { ControlRequest } from './control-request.ts';

/** What a map is made from and how. */
export type MapRequest = Pick<
  ControlRequest,
  'image' | 'resizeMode' | 'preprocessor' | 'resolution' | 'pixelPerfect' | 'thresholdA' | 'thresholdB'
>;

/** The same with every value checked and present. */
export type ResolvedMap = {
  readonly image: RgbImage;
  readonly resizeMode: FitMode;
  readonly preprocessor: Preprocessor;
  /** As asked for; `pixelPerfect` works with another. */
  readonly resolution: number;
  readonly pixelPerfect: boolean;
  readonly thresholdA: number;
  readonly thresholdB: number;
};

const resizeModes: readonly FitMode[] = ['stretch', 'crop', 'fill'];
/** What the extension assumes where a preprocessor has no such number. */
const hidden: Slider = { label: '', minimum: 0, maximum: 1, step: 0.01, value: 0.5 };

/**
 * The map that a ControlNet would follow: what a preprocessor makes of a picture.
 * @param size of the picture to be drawn; absent, the map has the size that the preprocessor gives it.
 * @throws EngineError 'request.invalid', 'request.too-large', 'preprocessor.unknown'
 * @example const edges = controlMap({ image, preprocessor: 'canny', thresholdA: 50 }, { width: 512, height: 512 });
 */
export function controlMap(request: MapRequest, size?: Size): RgbImage {
  const resolved = resolveMap('map', request);
  const map = mapOf(resolved, size ?? resolved.image);
  return size === undefined ? map : fitMap(map, resolved.resizeMode, size.width, size.height);
}

/** @throws EngineError 'request.invalid', 'preprocessor.unknown' */
export function resolveMap(field: string, request: MapRequest): ResolvedMap {
  const image = `${field}.image`;
  const name = checkText(`${field}.preprocessor`, request.preprocessor ?? 'none', 100);
  const preprocessor = findPreprocessor(name);
  const [a = hidden, b = hidden] = preprocessor.thresholds;
  return {
    image: checkImage(image, request.image ?? refuse(image, 'must be a picture', request.image)),
    resizeMode: checkChoice(`${field}.resizeMode`, request.resizeMode ?? 'crop', resizeModes),
    preprocessor,
    resolution: within(preprocessor.resolution ?? usualResolution, request.resolution),
    pixelPerfect: checkFlag(`${field}.pixelPerfect`, request.pixelPerfect ?? false),
    thresholdA: within(a, request.thresholdA),
    thresholdB: within(b, request.thresholdB),
  };
}

/** As the extension: clients send -1 for whatever they do not know. */
function within({ minimum, maximum, value }: Slider, given: unknown): number {
  const fits = typeof given === 'number' && given >= minimum && given <= maximum;
  return fits ? given : value;
}

/** The map of a control's picture, in the size that its preprocessor gives. @throws EngineError 'request.too-large' */
export function mapOf(control: ResolvedMap, drawn: Size): RgbImage {
  const { image, preprocessor, thresholdA, thresholdB } = control;
  const resolution = control.pixelPerfect ? perfectResolution(control, drawn) : control.resolution;
  return preprocessor.apply(image, { resolution, thresholdA, thresholdB });
}

/** The shorter side of the picture once it has the size that is drawn. */
function perfectResolution(
  { image, resizeMode }: Pick<ResolvedMap, 'image' | 'resizeMode'>,
  { width, height }: Size,
): number {
  const scales = [height / image.height, width / image.width];
  const scale = resizeMode === 'fill' ? Math.min(...scales) : Math.max(...scales);
  return Math.max(1, roundHalfToEven(scale * Math.min(image.width, image.height)));
}
