/** What this face needs from the program, and how it is set up. */
import type { SettingsStore } from '../../settings/settings-store.ts';
import type { Services } from '../../services.ts';

export type SdapiServices = Pick<Services, 'log' | 'version' | 'media'> & {
  readonly studio: Pick<Services['studio'], 'create' | 'cancel' | 'remove' | 'finished' | 'queue'>;
  readonly models: Pick<Services['models'], 'list' | 'find' | 'refresh'>;
  readonly settings: SettingsStore;
};

export type SdapiSetup = {
  /** User names to passwords; where there are any, every route asks for one (HTTP Basic), as `--api-auth` does. */
  readonly credentials?: ReadonlyMap<string, string>;
  /** Ends the program; without it the `server-*` routes do not exist, as without `--api-server-stop`. */
  readonly stop?: () => void;
  /** What `/cmd-flags` tells of how the program was started. */
  readonly flags?: Readonly<Record<string, string | number | boolean | null>>;
};
