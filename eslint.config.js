import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

/** The arrows of the house: base <- dsp, document, jobs <- separation, contract <- node <- electron, hosts. */
function mayNotImport(files, patterns, message, paths = []) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: patterns, message }], paths: paths.map((name) => ({ name, message })) },
      ],
    },
  };
}

/** What only the page's `Scope` may start, so that all of it ends. */
const lifetimes = [
  'addEventListener',
  'removeEventListener',
  'setTimeout',
  'setInterval',
  'requestAnimationFrame',
  'requestIdleCallback',
  'ResizeObserver',
  'MutationObserver',
  'IntersectionObserver',
  'PerformanceObserver',
  'Worker',
  'SharedWorker',
];

/** The rooms of the page by tier, lowest first. A room imports lower tiers; panels import no other panels. */
const pageTiers = [
  { tier: 'models without state', rooms: ['base', 'api', 'picture', 'playback', 'workers'] },
  { tier: 'state', rooms: ['state'] },
  { tier: 'widgets', rooms: ['shared'] },
  {
    tier: 'panels',
    rooms: ['dialogs', 'editor', 'jobs', 'lab', 'mixer', 'models', 'report', 'tracks', 'transport'],
    apart: true,
  },
  { tier: 'views', rooms: ['views'] },
];

const outsidePage = ['node:*', '**/node/**', '**/hosts/**', '**/electron/**', 'electron'];

/** The arrows of the page; texts (shared/strings) are below all. */
function pageArrows() {
  const arrows = (files, forbidden, tier) => ({
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [...outsidePage, ...nativeAudio, ...nativeInference],
              message: 'the page imports only common',
            },
            ...(forbidden.length === 0
              ? []
              : [
                  {
                    regex: String.raw`^(\.\./)+(${forbidden.join('|')})/(?!strings/)`,
                    message: `${tier} import only lower tiers: models, state, widgets, panels, views`,
                  },
                ]),
          ],
        },
      ],
    },
  });
  const rooms = pageTiers.flatMap(({ tier, rooms: own, apart }, at) =>
    own.map((room) => {
      const higher = pageTiers.slice(at + 1).flatMap(({ rooms }) => rooms);
      const beside = apart ? own.filter((other) => other !== room) : [];
      return arrows([`src-renderer/${room}/**/*.{ts,svelte}`], [...higher, ...beside], tier);
    }),
  );
  const above = pageTiers.flatMap(({ rooms }) => rooms);
  return [
    arrows(['src-renderer/*.ts'], [], 'page'),
    ...rooms,
    arrows(['src-renderer/shared/strings/**/*.ts'], above, 'texts'),
  ];
}

const hosts = ['**/hosts/**', '**/electron/**', '**/src-renderer/**', 'electron'];
const nativeAudio = ['node-av', 'node-av/*'];
const nativeInference = ['onnxruntime-node'];

/** See node/files/make-folder.ts. */
const noEndlessFolders = {
  selector: 'CallExpression[callee.name=/^mkdir(Sync)?$/] Property[key.name="recursive"]',
  message: 'Use makeFolder: this never returns where a folder cannot be made, in /proc for example',
};

export default tseslint.config(
  { ignores: ['out', 'node_modules', 'coverage', '**/*.generated.ts', 'src-main/common/dsp/wasm/assembly'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: false }],
    },
  },
  {
    files: ['src-main/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noEndlessFolders] },
  },
  {
    // What a promise does unseen: these rules know the types.
    files: ['src-main/**/*.ts', 'test/**/*.ts', 'src-renderer/**/*.ts'],
    ignores: ['src-main/**/*.d.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/require-await': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
  mayNotImport(
    ['src-main/common/**/*.ts'],
    ['node:*', '**/node/**', ...hosts, ...nativeAudio, ...nativeInference],
    'common is pure TypeScript',
  ),
  mayNotImport(['src-main/common/base/**/*.ts'], ['../*', 'node:*'], 'base imports nothing'),
  mayNotImport(
    ['src-main/common/{dsp,document,jobs}/**/*.ts'],
    [
      '**/separation/**',
      '**/lab/**',
      '**/contract/**',
      'node:*',
      '**/node/**',
      ...hosts,
      ...nativeAudio,
      ...nativeInference,
    ],
    'dsp, document and jobs import only base',
  ),
  mayNotImport(
    ['src-main/common/lab/**/*.ts'],
    ['**/contract/**', '**/document/**', '**/jobs/**', 'node:*', '**/node/**', ...hosts],
    'the Lab imports separation, dsp and base',
  ),
  mayNotImport(
    ['src-main/common/separation/**/*.ts'],
    ['**/lab/**', '**/contract/**', '**/document/**', '**/jobs/**', 'node:*', '**/node/**', ...hosts],
    'separation imports dsp and base',
  ),
  mayNotImport(
    ['src-main/node/{process,files,state,project,session,edits,masks,tiles,queue,jobs,api}/**/*.ts'],
    [...hosts, ...nativeAudio, ...nativeInference],
    'node never imports a host; node-av and onnxruntime-node have one importer each',
  ),
  mayNotImport(
    ['src-main/node/audio/**/*.ts'],
    [...hosts, ...nativeInference],
    'audio is the importer of node-av only',
  ),
  mayNotImport(
    ['src-main/node/inference/**/*.ts'],
    [...hosts, ...nativeAudio],
    'inference is the importer of onnxruntime-node only',
  ),
  mayNotImport(
    ['src-main/hosts/**/*.ts'],
    ['**/electron/**', 'electron', ...nativeAudio, ...nativeInference],
    'hosts are headless and use the services of node/',
  ),
  mayNotImport(
    ['src-main/electron/**/*.ts'],
    ['**/hosts/**', '**/src-renderer/**', ...nativeAudio, ...nativeInference],
    'the shell uses the services of node/',
  ),
  ...svelte.configs['flat/recommended'],
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // The type checker knows the names of the browser.
      'no-undef': 'off',
      // Sets and maps here are replaced whole, or no state at all.
      'svelte/prefer-svelte-reactivity': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 200 }],
    },
  },
  ...pageArrows(),
  {
    files: ['src-renderer/**/*.{ts,svelte}'],
    ignores: ['src-renderer/base/scope.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...lifetimes.map((name) => ({ name, message: 'Start it by a Scope (base/scope.ts), which ends it' })),
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: `MemberExpression[property.name=/^(${lifetimes.join('|')})$/]`,
          message: 'Start it by a Scope (base/scope.ts), which ends it',
        },
        {
          selector: 'AssignmentExpression[left.property.name=/^on[a-z]+$/]',
          message: 'Listen by a Scope (base/scope.ts), which ends it',
        },
      ],
    },
  },
  { files: ['test/**/*.ts'], rules: { 'max-lines': 'off' } },
);
