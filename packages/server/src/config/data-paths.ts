import { join } from 'node:path';

/** Where things lie in a data folder. */
export function dataPaths(folder: string) {
  return {
    database: join(folder, 'database'),
    media: join(folder, 'media'),
    thumbnails: join(folder, 'thumbnails'),
    models: join(folder, 'models'),
    scratch: join(folder, 'scratch'),
    int8: join(folder, 'int8'),
    styles: join(folder, 'styles.csv'),
    wildcards: join(folder, 'wildcards'),
  };
}
