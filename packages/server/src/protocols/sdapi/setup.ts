/** How the face is set up. */
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';

export type SdapiSetup = {
  /** User names to passwords; where there are any, every route asks for one (HTTP Basic), as `--api-auth` does. */
  readonly credentials?: ReadonlyMap<string, string>;
  /** Users who may interrupt and skip everybody's jobs. */
  readonly administrators?: ReadonlySet<string>;
  /** Ends the program; without it the `server-*` routes do not exist, as without `--api-server-stop`. */
  readonly stop?: () => void;
  /** A1111's `styles.csv`; it need not exist. */
  readonly stylesFile?: string;
  /** What `/cmd-flags` tells of how the program was started. */
  readonly flags?: Readonly<Record<string, string | number | boolean | null>>;
};

export function sdapiSetup(config: Config): SdapiSetup {
  const { apiCredentials, apiAdministrators, apiServerStop, port, host, dataFolder } = config;
  return {
    credentials: apiCredentials,
    administrators: apiAdministrators,
    stylesFile: join(dataFolder, 'styles.csv'),
    flags: { port, server_name: host, data_dir: dataFolder },
    // As if somebody pressed Ctrl+C: whoever started the program ends it in order.
    ...(apiServerStop && { stop: () => process.kill(process.pid, 'SIGTERM') }),
  };
}
