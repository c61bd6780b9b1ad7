/** The page about configuration, made from the settings; `node packages/server/src/config/guide.ts` writes it anew. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { settings } from './settings.ts';

/** `docs/guide/configuration.md` as it should be. */
export function configurationGuide(): string {
  const rows = Object.entries(settings).map(
    ([name, { schema, about }]) => `| \`${name}\` | ${defaultOf(schema)} | ${about} |`,
  );
  return `# Configuration

Everything is set by environment variables, read once when the program starts. A wrong value stops it with a message that names the variable.

| variable | default | meaning |
|---|---|---|
${rows.join('\n')}

For example: \`PORT=8000 BOTTEGA_DATA=~/pictures npm start\`.

## What lies in the data folder

| path | what | may be deleted |
|---|---|---|
| \`database/\` | generations, recipes and the queue (PostgreSQL 18) | no |
| \`media/\` | the pictures, each named by its SHA-256 | no |
| \`models/\` | your models; \`.safetensors\`, also in folders | as you like |
| \`thumbnails/\` | small copies, made when needed | yes |
| \`int8/\` | weights as 8-bit integers, where that speed is asked for | yes |
| \`server.lock\`, \`server.pid\` | keep a second server out | while none runs |

To back it up, stop the program and copy the folder. With \`DATABASE_URL\` the database is yours to back up.
`;
}

function defaultOf(schema: z.ZodType): string {
  const { data } = schema.safeParse(undefined);
  return data === undefined || (Array.isArray(data) && data.length === 0) ? '' : `\`${String(data)}\``;
}

if (import.meta.main) {
  writeFileSync(join(import.meta.dirname, '../../../../docs/guide/configuration.md'), configurationGuide());
}
