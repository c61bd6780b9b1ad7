/** What this face needs from the program. */
import type { SettingsStore } from '../../settings/settings-store.ts';
import type { Services } from '../../services.ts';

export type SdapiServices = Pick<Services, 'log' | 'version' | 'media' | 'uploads' | 'unloadModels'> & {
  readonly studio: Pick<Services['studio'], 'create' | 'cancel' | 'skip' | 'remove' | 'finished' | 'queue'>;
  readonly adapters: Services['adapters'];
  readonly models: Pick<Services['models'], 'list' | 'find' | 'refresh'>;
  readonly controlNets: Pick<Services['controlNets'], 'list'>;
  readonly vaes: Pick<Services['vaes'], 'list' | 'find'>;
  readonly settings: SettingsStore;
  readonly tasks: Pick<Services['tasks'], 'create' | 'get' | 'cancel' | 'remove' | 'finished'>;
  readonly upscalers: Pick<Services['upscalers'], 'list'>;
};
