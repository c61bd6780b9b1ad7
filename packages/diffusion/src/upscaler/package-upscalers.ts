import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { statSync } from 'node:fs';
import type { FoundUpscaler } from './found-upscaler.ts';

/**
 * Models of UpscalerJS (npm, MIT) whose networks are plain convolutions: one comes with the engine, the other is used
 * where somebody has installed it.
 */
const packages = [
  { name: 'esrgan-slim', title: 'ESRGAN slim' },
  { name: 'esrgan-medium', title: 'ESRGAN medium' },
] as const;

const scales = [2, 3, 4, 8] as const;

/** Those that are installed; `path` is the model's manifest. */
export function packageUpscalers(): readonly (FoundUpscaler & { readonly path: string })[] {
  return packages.flatMap(({ name, title }) => {
    const manifest = packageFolder(`@upscalerjs/${name}`);
    return scales.flatMap((scale) => {
      const path = join(manifest ?? '', `models/x${scale}/model.json`);
      if (manifest === undefined || statSync(path, { throwIfNoEntry: false }) === undefined) return [];
      return {
        name: `${name}-x${scale}`,
        title: `${title} x${scale}`,
        kind: 'package' as const,
        scale,
        path,
      };
    });
  });
}

function packageFolder(name: string): string | undefined {
  try {
    const manifest = findPackageJSON(name, import.meta.url);
    return manifest === undefined ? undefined : dirname(manifest);
  } catch {
    return undefined;
  }
}
