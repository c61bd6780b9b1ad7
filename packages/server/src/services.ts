/** What the program can do, for the native API and for every protocol's face. */
import type { Choices, Status } from '@bottega/contract';
import type { Adapters } from './adapters/adapters.ts';
import type { Config } from './config/config.ts';
import type { ControlNets } from './control-nets/control-nets.ts';
import type { EventHub } from './events/hub.ts';
import type { Gallery } from './gallery/gallery.ts';
import type { Logger } from './log/logger.ts';
import type { MediaStore } from './media/media-store.ts';
import type { Thumbnails } from './media/thumbnails.ts';
import type { Uploads } from './media/uploads.ts';
import type { Models } from './models/models.ts';
import type { Vaes } from './models/vaes.ts';
import type { SettingsStore } from './settings/settings-store.ts';
import type { Tasks } from './tasks/tasks.ts';
import type { Upscalers } from './upscalers/upscalers.ts';
import type { Studio } from './studio/studio.ts';

export type Services = {
  readonly version: string;
  readonly config: Config;
  readonly log: Logger;
  readonly studio: Studio;
  readonly gallery: Gallery;
  readonly models: Models;
  readonly vaes: Vaes;
  readonly controlNets: ControlNets;
  readonly adapters: Adapters;
  readonly choices: Choices;
  readonly tasks: Tasks;
  readonly upscalers: Upscalers;
  readonly media: MediaStore;
  readonly thumbnails: Thumbnails;
  readonly uploads: Uploads;
  readonly settings: SettingsStore;
  /** Everything that happens, as it happens. */
  readonly events: EventHub;
  readonly status: () => Promise<Status>;
  /** Frees the memory of loaded models once nothing is drawn; the next job loads what it needs. */
  readonly unloadModels: () => void;
};
