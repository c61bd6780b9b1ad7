/** `bottega models inspect` of an adapter: its method, its rank, and what it was made for. */
import { hashAdapter, inspectAdapter } from '@bottega/diffusion';
import type { Context } from './command.ts';
import { bytesText } from './units.ts';

const partNames: Readonly<Record<string, string>> = {
  unet: 'UNet',
  te: 'text encoder',
  te1: 'first text encoder',
  te2: 'second text encoder',
};

/** Prints what an adapter is, from its header and, unless the options say otherwise, its hash. */
export async function explainAdapter(context: Context, path: string): Promise<void> {
  const { metadata, ...info } = await inspectAdapter(path);
  const hash = context.values['no-hash'] === true ? undefined : await hashAdapter(path);
  if (context.values.json === true) {
    context.print(JSON.stringify({ ...info, ...(hash !== undefined && { hash }) }));
    return;
  }
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['file', info.path],
    ['what', [...info.methods, ...(info.isDora ? ['DoRA'] : [])].join(', ')],
    ['rank', info.rank === undefined ? undefined : String(info.rank)],
    ['made for', info.madeFor],
    ['changes', `${info.layers} layers: ${info.parts.map((part) => partNames[part]).join(', ')}`],
    ['in prompts', `<lora:${info.name}:1>`],
    ['alias', info.alias],
    ['trained on', metadata.ss_sd_model_name],
    ['size', bytesText(info.bytes)],
    ['AutoV3', hash?.slice(0, 12)],
  ];
  for (const [name, value] of rows) {
    // What the file says of itself may hold anything.
    if (value !== undefined)
      context.print(`${name.padEnd(12)}  ${value.replaceAll(/\p{C}/gu, '').slice(0, 200)}`);
  }
}
