import { loadMessages } from '#lib/language/catalogues.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ data }) => ({ ...data, messages: await loadMessages(data.locale) });
