import { listSupportedBackends } from 'onnxruntime-node';

/** A device that the runtime knows; `ready` where its libraries are in the package, else they must be fetched. */
export type Device = { readonly name: string; readonly ready: boolean };

/** What `LoadOptions.device` may name on this machine. */
export function listDevices(): Device[] {
  return listSupportedBackends().map(({ name, bundled }) => ({ name, ready: bundled }));
}
