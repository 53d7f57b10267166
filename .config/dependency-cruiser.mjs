// Who may import whom: the table of rooms in docs/architecture.md, as rules. Type imports count.
// tools/test/house/rooms.test.ts plants a forbidden import for every rule and shows that the rule finds it.

/** Each room and the rooms that it may import. tools/ and benchmarks/ may import all of them. */
export const rooms = {
  protocol: [],
  actors: [],
  store: [],
  telemetry: ['actors'],
  handler: ['actors', 'protocol'],
  code: ['actors', 'handler'],
  router: ['protocol', 'actors', 'store', 'telemetry', 'handler', 'code'],
  client: ['protocol'],
  handlers: ['handler'],
  console: [],
  cli: ['client', 'router', 'protocol'],
};

const oneOf = (names) => `(?:${names.join('|')})`;

/** The path of a room, however it was reached: through its folder, its workspace link, or a name that did not resolve. */
const pathOf = (names) => `^(?:packages/|node_modules/@mailbeam/|@mailbeam/)${oneOf(names)}(?:/|$)`;

const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  name: `room-${room}`,
  severity: 'error',
  comment: `${room} may import ${allowed.length === 0 ? 'no other room' : allowed.join(', ')}.`,
  from: { path: `^packages/${room}/src/` },
  to: { path: pathOf(Object.keys(rooms).filter((other) => other !== room && !allowed.includes(other))) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...roomRules,
    {
      name: 'known-room',
      severity: 'error',
      comment: 'A new package gets its row in the table of rooms first.',
      from: { path: '^packages/([^/]+)/', pathNot: `^packages/${oneOf(Object.keys(rooms))}/` },
      to: {},
    },
    {
      name: 'rooms-below-tools',
      severity: 'error',
      comment: 'No room imports tools or benchmarks.',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '^(?:(?:tools|benchmarks)/|(?:node_modules/)?@mailbeam/(?:tools|benchmarks)(?:/|$))' },
    },
    {
      name: 'uws-in-one-file',
      severity: 'error',
      comment:
        'uWebSockets.js is imported by packages/router/src/socket/uws.ts only, so that another build can take its place ' +
        '(and by the bare server that benchmarks compare with).',
      from: {
        path: '^(?:packages|tools|benchmarks)/',
        pathNot: '^(?:packages/router/src/socket/uws\\.ts|benchmarks/src/bare-server\\.mjs)$',
      },
      to: { path: '(?:^|node_modules/)(?:uWebSockets\\.js|uwebsockets)(?:/|$)' },
    },
    {
      name: 'behaviours-like-handlers',
      severity: 'error',
      comment: 'A behaviour of the router can be loaded and swapped, so it imports what a handler module may import.',
      from: { path: '^packages/router/src/behaviours/' },
      to: { path: '.', pathNot: '^(?:packages|node_modules/@mailbeam)/(?:handler|actors|protocol)/src/index\\.ts$' },
    },
    {
      name: 'public-entry-points',
      severity: 'error',
      comment: 'Another package is imported by its name, never by a path into its files.',
      from: { path: '^(packages/[^/]+|tools|benchmarks)/' },
      to: {
        path: '^(?:packages/[^/]+|tools|benchmarks)/',
        pathNot: '^$1/',
        dependencyTypes: ['local'],
      },
    },
    {
      name: 'tests-stay-outside',
      severity: 'error',
      comment: 'Sources do not import tests.',
      from: { path: '/src/' },
      to: { path: '^(?:packages/[^/]+|tools|benchmarks)/test/' },
    },
    {
      name: 'declared-dependency',
      severity: 'error',
      comment: 'What is imported stands in the package.json beside it.',
      from: { path: '^(?:packages/[^/]+|tools|benchmarks)/src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'The import leads nowhere.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    preserveSymlinks: false,
    exclude: { path: '(?:^|/)(?:dist|node_modules/(?!@mailbeam))/' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.node'],
      exportsFields: ['exports'],
      conditionNames: ['mono-source', 'import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
