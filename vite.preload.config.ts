import { defineConfig } from 'vite';

/** The preload script: one CommonJS file, because a sandboxed preload script is not a module and can require only Electron. */
export default defineConfig({
  build: {
    outDir: 'out/electron/preload',
    emptyOutDir: false,
    target: 'chrome140',
    minify: false,
    copyPublicDir: false,
    lib: { entry: 'src-main/electron/preload/preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'], checks: { bundlerTimings: false } },
  },
});
