/** The language of the page, handed from the layout to every component. */
import { createContext } from 'svelte';
import { createFormat, type Format } from './format.ts';
import type { Messages } from './messages.ts';

export type Language = { readonly locale: string; readonly t: Messages; readonly format: Format };

const [getLanguage, setContext] = createContext<Language>();
export { getLanguage };

/** Called once, by the layout. */
export function setLanguage(locale: string, messages: Messages): void {
  setContext({ locale, t: messages, format: createFormat(locale) });
}
