import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';

/** Folder of each library's one file, below out/node_modules. */
const folders: Readonly<Record<string, string>> = {
  bullmq: 'bullmq',
  mcp: '@modelcontextprotocol/sdk',
  updater: 'electron-updater',
  s3: '@aws-sdk/client-s3',
  's3-upload': '@aws-sdk/lib-storage',
};

// A library as one file beside the compiled sources (`--mode bullmq`, for one): without the install scripts of the
// packages it would bring, and without their parts that are not used. See tools/libraries.mjs.
export default defineConfig(({ mode }) => ({
  publicDir: false,
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: `tools/bundles/${mode}.mjs`,
    outDir: `out/node_modules/${folders[mode]}`,
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      checks: { bundlerTimings: false },
      external: [
        ...(mode === 's3' ? [] : ['@aws-sdk/client-s3']),
        ...builtinModules,
        /^node:/,
        'electron',
        'msgpackr-extract',
        /^zod(\/|$)/,
      ],
      output: { entryFileNames: 'index.mjs', codeSplitting: false },
    },
  },
}));
