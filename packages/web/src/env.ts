import { defineEnvVars } from '@sveltejs/kit/env';

export const variables = defineEnvVars({
  BOTTEGA_INTERNAL_URL: {
    description: 'Where the server that mounts this page answers; it sets this itself.',
    schema: (value) => value ?? 'http://127.0.0.1:7860',
  },
});
