/** Brings the engine with the first job: until then a worker is a small process. */
import { pathToFileURL } from 'node:url';
import type { Engine } from './engine.ts';

/** @param path A module that exports `engine`. */
export function lazyEngine(path: string): Engine {
  const load = async (): Promise<Engine> =>
    ((await import(pathToFileURL(path).href)) as { readonly engine: Engine }).engine;
  return {
    loadModel: async (...args) => (await load()).loadModel(...args),
    loadControlNet: async (...args) => (await load()).loadControlNet(...args),
    textToImage: async function* (...args) {
      yield* (await load()).textToImage(...args);
    },
    imageToImage: async function* (...args) {
      yield* (await load()).imageToImage(...args);
    },
  };
}
