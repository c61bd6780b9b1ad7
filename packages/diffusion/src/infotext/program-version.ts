/** Versions as Python's packaging orders them (PEP 440), as far as A1111 and its forks write them. */

/** Sorts by element: release numbers, then whether it is a pre-release, then the post-release. */
export type ProgramVersion = {
  readonly release: readonly number[];
  /** Empty for a final release; `` (in development) < `a` < `b` < `rc`. */
  readonly pre: readonly [] | readonly [kind: string, number: number];
  /** -1 for none. */
  readonly post: number;
};

const pattern =
  /^v?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(?:post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+[a-z\d]+(?:[-_.][a-z\d]+)*)?$/i;
const kinds: Readonly<Record<string, string>> = {
  alpha: 'a',
  beta: 'b',
  c: 'rc',
  pre: 'rc',
  preview: 'rc',
};

/** Reads "v1.7.0-225-gabcdef0" (the commit is left out), "1.8.0-RC", "1.8.0+local" (as "1.8.0"); `undefined` for what is no version. */
export function parseVersion(text: string): ProgramVersion | undefined {
  const described = /^([^-]+-[^-]+)-/.exec(text);
  const match = pattern.exec((described?.[1] ?? text).trim());
  if (match === null) return undefined;
  const [, release, pre, preNumber, dash, post, dev, devNumber] = match;
  const isPost = dash !== undefined || post !== undefined;
  // Of a development version before another one, only that one counts.
  if (dev !== undefined && pre === undefined && !isPost) {
    return { release: release.split('.').map(Number), pre: ['', Number(devNumber)], post: -1 };
  }
  const kind = pre?.toLowerCase();
  return {
    release: release.split('.').map(Number),
    pre: kind === undefined ? [] : [kinds[kind] ?? kind, Number(preNumber)],
    post: Number(dash ?? post ?? -1),
  };
}

/** Whether `a` is older than `b`. */
export function isOlder(a: ProgramVersion, b: ProgramVersion): boolean {
  for (let i = 0; i < Math.max(a.release.length, b.release.length); i++) {
    const difference = (a.release[i] ?? 0) - (b.release[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  const [aKind = 'z', aNumber = 0] = a.pre;
  const [bKind = 'z', bNumber = 0] = b.pre;
  if (aKind !== bKind) return aKind < bKind;
  return aNumber === bNumber ? a.post < b.post : aNumber < bNumber;
}
