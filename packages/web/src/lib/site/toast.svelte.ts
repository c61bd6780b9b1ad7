/** One short notice at a time, with an action that may be taken while it is shown. Written only in the browser. */
export type Toast = {
  readonly text: string;
  readonly undo?: () => void;
  readonly hold?: (held: boolean) => void;
};

const shownFor = 5_000;
let current = $state.raw<Toast | undefined>();
let timer: ReturnType<typeof setTimeout> | undefined;

export const toast = {
  get current(): Toast | undefined {
    return current;
  },
};

/** Shows `next`; one without an action goes away by itself. */
export function showToast(next: Toast): void {
  clearTimeout(timer);
  current = next;
  if (next.undo === undefined) timer = setTimeout(hideToast, shownFor);
}

export function hideToast(): void {
  clearTimeout(timer);
  current = undefined;
}
