import { autoV1Of } from '../../checkpoint/hash-file.ts';
import { openControlNet } from '../../runtime/control-net.ts';
import type { ControlNetworks } from '../../runtime/control-net.ts';
import type { ControlNet, ControlNetOptions } from './control-request.ts';

const loaded = new WeakMap<ControlNet, ControlNetworks>();

/**
 * Opens a ControlNet for drawing, in the layout of its authors or of diffusers. Cheap: the file's header is read and
 * checked, weights are mapped when first used.
 * @throws EngineError `checkpoint.*`; 'checkpoint.unsupported' says what the file is instead.
 * @example
 *   await using canny = await loadControlNet('models/ControlNet/control_v11p_sd15_canny.safetensors');
 *   const controls = [{ model: canny, image, preprocessor: 'canny' }];
 *   for await (const event of textToImage(model, { prompt: 'a house', controls })) console.log(event.type);
 */
export async function loadControlNet(path: string, options: ControlNetOptions = {}): Promise<ControlNet> {
  const networks = await openControlNet(path, options);
  const { dispose } = networks;
  const title = `${networks.name} [${await autoV1Of(networks.path)}]`;
  const controlNet = { path: networks.path, title, dispose, [Symbol.asyncDispose]: dispose };
  loaded.set(controlNet, networks);
  return controlNet;
}

/** @throws TypeError for what `loadControlNet` did not make. */
export function controlNetworksOf(controlNet: ControlNet): ControlNetworks {
  const networks = loaded.get(controlNet);
  if (networks === undefined) throw new TypeError('not a ControlNet that loadControlNet returned');
  return networks;
}
