/** The scripts that a request asks for. */
import type { Script, sdapi } from '@bottega/contract';
import { type ArgumentReader, readArguments } from './arguments.ts';
import { checkAlwaysOn, findScript } from './registry.ts';
import type { Kind, SelectableScript } from './selectable.ts';

type Request = Pick<sdapi.Txt2ImgRequest, 'script_name' | 'script_args' | 'alwayson_scripts'>;

export type AskedScript = {
  readonly selected: SelectableScript;
  readonly args: ArgumentReader;
  readonly script: Script;
};

/** `undefined` where none is asked for. @throws SdapiRefusal 422, RequestMismatch. */
export function askedScript(request: Request, kind: Kind): AskedScript | undefined {
  const selected = findScript(request.script_name, kind);
  if (selected === undefined) return undefined;
  const args = readArguments(request.script_args, selected.count);
  return { selected, args, script: selected.read(args, kind) };
}

/** Looked at before anything is opened or drawn. @throws as `askedScript`. */
export function checkScripts(request: Request, kind: Kind): void {
  checkAlwaysOn(request.alwayson_scripts, kind);
  askedScript(request, kind);
}
