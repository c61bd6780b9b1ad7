import type { Model } from '../../api.ts';
import { EngineError } from '../../errors.ts';
import type { UNetConfig, UNetLevel } from '../../models/unet/config.ts';
import type { ControlNetworks } from '../../runtime/control-net.ts';
import { partsOf } from '../load-model.ts';

/** The width of the texts that a UNet listens to tells the family. */
const families: ReadonlyMap<number, string> = new Map([
  [768, 'Stable Diffusion 1'],
  [1024, 'Stable Diffusion 2'],
  [2048, 'Stable Diffusion XL'],
]);

/** What must be alike, and how it is told; the last tells SD 1 from SD 2 where all sizes are the same. */
const properties: readonly (readonly [name: string, of: (config: UNetConfig) => string])[] = [
  ['the width of its texts', ({ contextWidth }) => `${contextWidth}`],
  ['the width of its vector', ({ vectorWidth }) => `${vectorWidth}`],
  ['the shape of its levels', ({ levels }) => levels.map(shapeOf).join(' ')],
  ['the form of its projections', ({ projections }) => projections],
];

/** Residual blocks, channels, and transformer blocks: "2x640+10". */
function shapeOf({ residualBlocks, channels, depth }: UNetLevel): string {
  return `${residualBlocks}x${channels}${depth === 0 ? '' : `+${depth}`}`;
}

/** @throws EngineError 'control.mismatch' where a ControlNet was made for another model. */
export function requireFit(control: ControlNetworks, model: Model): void {
  const { info } = model;
  const { unet } = partsOf(model).networks.configs;
  const own = control.config.unet;
  const different = properties.find(([, of]) => of(own) !== of(unet));
  if (different === undefined) return;
  const [name, of] = different;
  throw new EngineError('control.mismatch', {
    path: control.path,
    made: families.get(own.contextWidth) ?? 'a model of other sizes',
    model: `${info.name} (${info.title})`,
    reason: `${name} is ${of(own)}, the model's ${of(unet)}`,
  });
}
