import { defineConfig } from 'vite';

/** Builds the console into dist/console, from where the service serves it under a policy that allows nothing inline. */
export default defineConfig({
  root: import.meta.dirname,
  logLevel: 'warn',
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // One script, so nothing to preload; and every asset is a file, which the year-long cache is for.
    modulePreload: false,
    assetsInlineLimit: 0,
    // light-dark() is what both themes are made of; older browsers would get a copy of every token instead.
    target: ['chrome123', 'firefox120', 'safari17.5'],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: { proxy: { '/api': 'http://127.0.0.1:9464' } },
});
