/** Colours as Pillow's ImageColor reads them, which A1111's settings are given to. */
import { refusal } from '../refusal.ts';
import { colourNames } from './colour-names.ts';

const longest = 100;
const numbers = (separator: string, ...units: readonly string[]): string =>
  units.map((unit) => `\\s*(\\d+(?:\\.\\d*)?)${unit}\\s*`).join(separator);
const shares = new RegExp(`^rgb\\(${numbers(',', '%', '%', '%')}\\)$`);
const bytes = new RegExp(`^rgba?\\(${numbers(',', '', '', '')}(?:,\\s*\\d+\\s*)?\\)$`);
const hues = new RegExp(`^(hsl|hsv|hsb)\\(${numbers(',', '', '%', '%')}\\)$`);

/**
 * Names of CSS, `#rgb`, `#rrggbb`, `rgb(1, 2, 3)` also in percent, `hsl()` and `hsv()`; opacity is passed over.
 * @returns `#rrggbb`
 * @throws SdapiRefusal 500 in Pillow's words for others.
 */
export function colourOf(setting: unknown): string {
  const text = String(setting).toLowerCase();
  const found = text.length > longest ? undefined : read(text);
  if (found === undefined) throw refusal(500, `unknown color specifier: '${text.slice(0, longest)}'`);
  return found;
}

function read(text: string): string | undefined {
  if (Object.hasOwn(colourNames, text)) return colourNames[text];
  if (/^#[0-9a-f]{3,4}$/.test(text)) return `#${text.slice(1, 4).replaceAll(/./g, '$&$&')}`;
  if (/^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/.test(text)) return text.slice(0, 7);
  const inBytes = bytes.exec(text);
  if (inBytes) return hex(inBytes.slice(1, 4).map(Number));
  const inShares = shares.exec(text);
  if (inShares) return hex(inShares.slice(1, 4).map((share) => (Number(share) * 255) / 100 + 0.5));
  const inHues = hues.exec(text);
  if (!inHues) return undefined;
  const [hue, saturation, last] = inHues.slice(2, 5).map(Number);
  const colour = inHues[1] === 'hsl' ? ofLightness : ofValue;
  return hex(colour(hue, saturation / 100, last / 100).map((share) => share * 255 + 0.5));
}

function ofLightness(hue: number, saturation: number, lightness: number): readonly number[] {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  return [0, 8, 4].map((offset) => {
    const place = (offset + hue / 30) % 12;
    return lightness - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1));
  });
}

function ofValue(hue: number, saturation: number, value: number): readonly number[] {
  return [5, 3, 1].map((offset) => {
    const place = (offset + hue / 60) % 6;
    return value - value * saturation * Math.max(0, Math.min(place, 4 - place, 1));
  });
}

function hex(values: readonly number[]): string {
  const digits = values.map((value) => Math.min(255, Math.max(0, Math.trunc(value))));
  return `#${digits.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
