// Imports point one way: agent -> providers, operators, bridges -> core.

const core = '^src/core/';
const operators = '^operators/';
const providers = '^src/providers/';
const bridges = '^src/bridges/';
const sdks = '^node_modules/(openai|@anthropic-ai)/';

/** The folders that may know Node; the rest runs in a browser. */
const nodeOnly = '^src/(cli|node|legacy)/|^src/providers/model-name/node\\.ts$';

/** Our own modules outside `allowed` must not be imported from `from`. */
function layer(name, from, allowed) {
  return {
    name: `layer-${name}`,
    severity: 'error',
    comment: `${name} may import only: ${allowed.join(' ')}`,
    from: { path: from, pathNot: '\\.spec\\.ts$' },
    to: { path: '^(src|operators|marbles)/', pathNot: [from, ...allowed] },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', comment: 'The import leads nowhere.', from: {}, to: { couldNotResolve: true, pathNot: '^#model-name$' } },

    layer('core', core, []),
    layer('operators', operators, [core]),
    layer('providers', providers, [core]),
    layer('bridges', bridges, [core]),
    layer('server', '^src/server/', [core, bridges]),
    layer('client', '^src/client/', [core, bridges]),
    layer('testing', '^src/testing/', [core, bridges, '^src/providers/from-stream\\.ts$']),
    layer('agent', '^src/agent/', [core, operators, bridges, providers]),
    layer('node', '^src/node/', [core, '^src/providers/wire/']),
    layer('legacy', '^src/legacy/', [core, operators, bridges, providers, '^src/agent/', '^src/index\\.ts$']),
    layer('marbles', '^marbles/', [core, operators, bridges, '^src/agent/', '^src/testing/', '^src/index\\.ts$']),
    {
      name: 'nobody-imports-the-cli',
      severity: 'error',
      from: { pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'operators-import-rxjs-only',
      severity: 'error',
      comment: 'An operator needs src/core and rxjs, nothing else.',
      from: { path: operators },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'core', 'unknown'], pathNot: '^node_modules/rxjs/' },
    },
    {
      name: 'no-node-in-the-browser',
      severity: 'error',
      comment: 'This code runs in browsers: no node: import.',
      from: { path: '^(src|operators|marbles)/', pathNot: [nodeOnly, '\\.spec\\.ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-rxjs-internal',
      severity: 'error',
      comment: "Only `import {...} from 'rxjs'` and 'rxjs/testing': the rest is RxJS's own business.",
      from: {},
      to: { path: '^(rxjs/(?!testing$)|node_modules/rxjs/dist/types/(?!index\\.d\\.ts$|testing/index\\.d\\.ts$))' },
    },
    {
      name: 'sdks-in-their-provider-only',
      severity: 'error',
      comment: 'The main entry must work without any SDK installed.',
      from: { pathNot: '^src/(providers/(openai|anthropic|ai-sdk)|cli)/' },
      to: { path: sdks },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^(src|operators)/' },
      to: { path: ['^test/', '\\.spec\\.ts$'] },
    },
    {
      name: 'marbles-only-for-the-cli',
      severity: 'error',
      comment: 'Marbles are for tests; the command line draws with them (--marbles).',
      from: { path: '^(src|operators)/', pathNot: '^src/cli/' },
      to: { path: '^marbles/' },
    },
    {
      name: 'no-dev-dependency-in-the-product',
      severity: 'error',
      from: { path: '^(src|operators|marbles)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // `#model-name` of package.json leads into the build.
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'node', 'import', 'default'] },
  },
};
