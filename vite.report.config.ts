import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { licencesText, packagesOf } from './tools/licences/collect.mjs';
import { root } from './tools/licences/root.mjs';

/** Packages whose code is in the page's program; Svelte's compiler has more. */
const inside = packagesOf(['svelte', 'd3-scale-chromatic', '@observablehq/plot'], root).filter(({ name }) =>
  /^(svelte|esm-env|clsx|d3|d3-.*|@observablehq\/plot|interval-tree-1d|binary-search-bounds|isoformat|internmap|delaunator|robust-predicates)$/.test(
    name,
  ),
);

/** Styles go into the program, which adds them: the page of a report is one file. */
const stylesInProgram: Plugin = {
  name: 'styles-in-program',
  enforce: 'post',
  generateBundle(_, bundle) {
    const chunk = Object.values(bundle).find((file) => file.type === 'chunk');
    if (chunk?.type !== 'chunk') return;
    for (const file of Object.values(bundle)) {
      if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
      const text = JSON.stringify(String(file.source));
      chunk.code = `document.head.append(Object.assign(document.createElement('style'),{textContent:${text}}));\n${chunk.code}`;
      Reflect.deleteProperty(bundle, file.fileName);
    }
    // Reports are handed on, and the licences of what is inside go with them.
    chunk.code = `/*! ${licencesText(inside)} */\n${chunk.code}`;
  },
};

/** The page of `unbraid compare`, as one script that node puts into each report. */
export default defineConfig({
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } }), stylesInProgram],
  publicDir: false,
  build: {
    outDir: 'out/report',
    emptyOutDir: true,
    target: 'chrome120',
    rolldownOptions: { checks: { bundlerTimings: false } },
    lib: {
      entry: 'src-renderer/report/main.ts',
      formats: ['iife'],
      name: 'report',
      fileName: () => 'report.js',
    },
  },
});
