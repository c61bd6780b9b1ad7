import { samplers } from '../sampler/registry.ts';

/** What A1111 assumes of NovelAI's pictures, which do not say it. */
const assumed = 'Clip skip: 2, ENSD: 31337';
const usualSampler = 'Euler a';

/**
 * The parameters of a picture by NovelAI, in A1111's words.
 * @param texts Of its PNG: `Software`, `Description` and a JSON `Comment`.
 * @returns `undefined` for pictures of others, and where something is missing.
 */
export function novelAiInfotext(
  texts: ReadonlyMap<string, string>,
  { width, height }: { readonly width: number; readonly height: number },
): string | undefined {
  const description = texts.get('Description');
  if (texts.get('Software') !== 'NovelAI' || description === undefined) return undefined;
  const said = objectIn(texts.get('Comment') ?? '');
  const [negative, steps, scale, seed] = ['uc', 'steps', 'scale', 'seed'].map((key) => plain(said[key]));
  if ([negative, steps, scale, seed].includes(undefined)) return undefined;
  const numbers = [
    `Steps: ${steps}`,
    `Sampler: ${samplerOf(said.sampler)}`,
    `CFG scale: ${scale}`,
    `Seed: ${seed}`,
    `Size: ${width}x${height}`,
    assumed,
  ];
  return `${description}\nNegative prompt: ${negative}\n${numbers.join(', ')}`;
}

function objectIn(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function plain(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** NovelAI has the names of k-diffusion, which A1111 knows as aliases. */
function samplerOf(name: unknown): string {
  const found = samplers.find((one) => [one.name.toLowerCase(), ...one.aliases].includes(String(name)));
  return found?.name ?? usualSampler;
}
