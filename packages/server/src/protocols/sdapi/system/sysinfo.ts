/** What A1111's page asks about machine and program; people post it where they ask for help. */
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { sdapi } from '@bottega/contract';
import type { JsonObject } from '../../../settings/settings-store.ts';

type Profile = ReturnType<typeof sdapi.startupProfileSchema.parse>;

/** Settings whose values are names of people's files. */
const named: ReadonlySet<string> = new Set([
  'sd_model_checkpoint',
  'sd_checkpoint_hash',
  'sd_vae',
  'sd_unet',
  'sd_lora',
  'sd_hypernetwork',
  'upscaler_for_img2img',
]);

export const quicksettings = Object.keys(sdapi.optionDefaults).map((name) => ({
  name,
  label: name.replaceAll('_', ' '),
}));

/** Up to now: called once, when the program is about to answer. */
export function startupProfile(): Profile {
  const total = performance.now() / 1000;
  const runtime = performance.nodeTiming.bootstrapComplete / 1000;
  return { total, records: { runtime, program: total - runtime } };
}

/** @param settings All of them; only A1111's own that were changed are told. */
export function sysinfo(version: string, startup: Profile, settings: JsonObject): sdapi.Sysinfo {
  const { rss } = process.memoryUsage();
  const changed = Object.entries(sdapi.optionDefaults).flatMap(([name, usual]) => {
    const value = settings[name];
    return named.has(name) || value === undefined || value === usual ? [] : [[name, value] as const];
  });
  return {
    Platform: `${process.platform} ${process.arch}`,
    Node: process.versions.node,
    Version: version,
    CPU: { model: cpus().at(0)?.model.trim() ?? '', 'count logical': availableParallelism() },
    RAM: { total: gigabytes(totalmem()), used: gigabytes(rss), free: gigabytes(freemem()) },
    Extensions: [],
    'Inactive extensions': [],
    Startup: startup,
    Config: Object.fromEntries(changed),
  };
}

/** As A1111 prints it. */
function gigabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 30)}GB`;
}
