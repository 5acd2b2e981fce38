// Builds the console into dist/, which the gateway serves; in development it serves the sources and
// passes the API on to a running gateway, so the pages always see one origin.
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const gateway = 'http://127.0.0.1:5080';

/** Vite writes the script tag anew: the page must not be painted before the script has set the theme. */
const themeBeforePaint: Plugin = {
  name: 'theme-before-paint',
  transformIndexHtml: {
    order: 'post',
    handler: (html) =>
      html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), themeBeforePaint],
  build: {
    outDir: 'dist',
    // The content security policy allows files of our own origin only, so nothing becomes a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    fs: { allow: ['../..'] },
    proxy: {
      '/payments': gateway,
      '/ledger': gateway,
      '/sessions': gateway,
      '/console.json': gateway,
      '/ws': { target: gateway, ws: true },
    },
  },
});
