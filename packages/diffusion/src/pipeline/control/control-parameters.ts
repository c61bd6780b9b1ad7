import { pythonFloat } from '../../infotext/python-float.ts';
import type { InfotextParameters } from '../../infotext/write.ts';
import type { FitMode } from '../../image/fit.ts';
import type { ControlMode } from './control-request.ts';
import type { ResolvedControl } from './resolve-controls.ts';

/** What the extension for A1111 calls them. */
export const resizeLabels: Readonly<Record<FitMode, string>> = {
  stretch: 'Just Resize',
  crop: 'Crop and Resize',
  fill: 'Resize and Fill',
};
export const modeLabels: Readonly<Record<ControlMode, string>> = {
  balanced: 'Balanced',
  prompt: 'My prompt is more important',
  control: 'ControlNet is more important',
};

/** What the extension writes of its units, in its order: "ControlNet 0", "ControlNet 1" ... */
export function controlParameters(controls: readonly ResolvedControl[]): InfotextParameters {
  return controls.map((control, i) => [`ControlNet ${i}`, textOf(control)] as const);
}

function textOf(control: ResolvedControl): string {
  const fields: readonly (readonly [string, string])[] = [
    ['Module', control.preprocessor.name],
    ['Model', control.title],
    ['Weight', pythonFloat(control.weight)],
    ['Resize Mode', resizeLabels[control.resizeMode]],
    ['Processor Res', String(control.resolution)],
    ['Threshold A', pythonFloat(control.thresholdA)],
    ['Threshold B', pythonFloat(control.thresholdB)],
    ['Guidance Start', pythonFloat(control.start)],
    ['Guidance End', pythonFloat(control.end)],
    ['Pixel Perfect', control.pixelPerfect ? 'True' : 'False'],
    ['Control Mode', modeLabels[control.mode]],
  ];
  // As the original: what could not be read back is not written.
  if (fields.some(([, value]) => /[,:]/.test(value))) return '';
  return fields.map(([name, value]) => `${name}: ${value}`).join(', ');
}
