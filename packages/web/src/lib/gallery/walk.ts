/** The way through the gallery: the pictures of the list that a person came from, so that arrows can turn its pages. */
export type Walk = {
  readonly search: string;
  /** In the list's order, newest first. */
  readonly ids: readonly string[];
  /** Where the list goes on. */
  readonly next?: string;
};

type Page = { readonly pictures: readonly { readonly id: string }[]; readonly next?: string };

const idsOf = (page: Page): string[] => page.pictures.map(({ id }) => id);

export function startWalk(search: string, page: Page): Walk {
  return { search, ids: idsOf(page), next: page.next };
}

export function extendWalk(walk: Walk, page: Page): Walk {
  return { ...walk, ids: [...new Set([...walk.ids, ...idsOf(page)])], next: page.next };
}

/** The pictures before (newer) and after `id` in the list, without those in `removed`. */
export function neighbours(
  walk: Walk,
  id: string,
  removed: ReadonlySet<string>,
): { readonly newer?: string; readonly older?: string } {
  const at = walk.ids.indexOf(id);
  if (at < 0) return {};
  return {
    newer: walk.ids.slice(0, at).findLast((each) => !removed.has(each)),
    older: walk.ids.slice(at + 1).find((each) => !removed.has(each)),
  };
}

export function walkToText(walk: Walk): string {
  return JSON.stringify(walk);
}

/** @returns `undefined` for anything that is not a walk. */
export function walkFromText(text: string | null): Walk | undefined {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<Walk> | null;
    if (typeof value?.search !== 'string' || !Array.isArray(value.ids)) return undefined;
    return { search: value.search, ids: value.ids.map(String), next: value.next };
  } catch {
    return undefined;
  }
}
