/** The message catalogues: one file a language in `messages/`, found by Vite, loaded when spoken. */
import type { Messages } from './messages.ts';

const files = import.meta.glob<{ messages: Messages }>('../messages/*.ts');

/** Languages with a catalogue, English first. */
export const locales: readonly string[] = Object.keys(files)
  .map((path) => path.slice(path.lastIndexOf('/') + 1, -'.ts'.length))
  .toSorted((a, b) => Number(b === 'en') - Number(a === 'en') || a.localeCompare(b));

/** The catalogue of one of `locales`. */
export async function loadMessages(locale: string): Promise<Messages> {
  return (await files[`../messages/${locale}.ts`]()).messages;
}

/** What a language calls itself. */
export function nameOfLocale(locale: string): string {
  return new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale;
}
