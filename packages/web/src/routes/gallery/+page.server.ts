import { api, orError } from '#lib/server/api.ts';
import { pageSize } from '#lib/gallery/page-size.ts';
import type { PageServerLoad } from './$types';

/** One page of pictures; `?search=WORDS` narrows, `?cursor=...` goes on. */
export const load: PageServerLoad = async ({ url }) => {
  const search = url.searchParams.get('search')?.trim() ?? '';
  const cursor = url.searchParams.get('cursor') ?? undefined;
  const found = await orError(api.listPictures({ search, cursor, limit: pageSize }));
  return { search, cursor, found };
};
