/** The program's version. */
import manifest from '../package.json' with { type: 'json' };

export const version: string = manifest.version;

/** What pictures say under "Version": not a bare number, which A1111 would take for an early version of its own. */
export const programVersion: string = `Bottega ${version}`;
