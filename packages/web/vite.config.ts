import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

const server = process.env.BOTTEGA_INTERNAL_URL ?? 'http://127.0.0.1:7860';

export default defineConfig({
  // For `vite dev` only: the API and the pictures come from a running server.
  server: { proxy: { '/api': server, '/media': server } },
  plugins: [
    sveltekit({
      adapter: adapter({ out: 'build', envPrefix: 'BOTTEGA_WEB_' }),
      compilerOptions: { runes: true },
      // Nothing is loaded from elsewhere, and nothing may be: pictures arrive as files or data: previews.
      csp: {
        directives: {
          'default-src': ['self'],
          'img-src': ['self', 'data:', 'blob:'],
          'style-src': ['self', 'unsafe-inline'],
          'object-src': ['none'],
          'base-uri': ['none'],
          'form-action': ['self'],
          'frame-ancestors': ['self'],
        },
      },
      version: { pollInterval: 0 },
    }),
  ],
  // The contract is TypeScript source: it belongs inside the bundle.
  ssr: { noExternal: ['@bottega/contract'] },
});
