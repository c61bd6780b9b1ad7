/** PostgreSQL refuses to run as root; this finds a way to run it as somebody else. */
import { spawnSync } from 'node:child_process';
import { chownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@bottega/contract';

/** How to run PostgreSQL's programs: a command to put before them, and who must own the files. */
export type Unprivileged = {
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
};

const nobody = 65534;

/**
 * An ordinary user runs it as it is. Root tries, in order:
 * a user namespace in which root has another number, so that the files stay root's;
 * the user `nobody` with root's right to pass through folders closed to it, owning only the database's files;
 * plain `nobody`, where all folders on the way are open.
 * @param program Something harmless to try it with (`postgres`, called with `--version`).
 * @throws AppError `database.failed-to-start` where none of them works.
 */
export function findUnprivileged(program: string): Unprivileged {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const found = ways.find(({ prefix }) => {
    const [command, ...args] = [...prefix, program, '--version'];
    return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  });
  if (found !== undefined) return found;
  throw new AppError('database.failed-to-start', {
    reason: 'PostgreSQL refuses to run as root, and no other user could be used',
    remedy: 'Run the program as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  });
}

const drop = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
const ways: readonly Unprivileged[] = [
  // Not `nobody`: that number also stands for every user that the namespace does not know.
  { prefix: ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'], uid: 0, gid: 0 },
  {
    prefix: [...drop, '--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override', '--'],
    uid: nobody,
    gid: nobody,
  },
  { prefix: [...drop, '--'], uid: nobody, gid: nobody },
];

/** Gives a folder and everything in it to the user who will run PostgreSQL. */
export function giveTo({ uid, gid }: Unprivileged, path: string): void {
  if (uid === undefined || gid === undefined) return;
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined || entry.uid === uid) return;
  if (entry.isDirectory())
    for (const name of readdirSync(path)) giveTo({ prefix: [], uid, gid }, join(path, name));
  chownSync(path, uid, gid);
}
