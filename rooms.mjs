// Who may import whom. One table: `tools/tidy.test.ts` enforces it and ARCHITECTURE's picture is drawn from it.

/** Rooms of core: folder -> folders it may import. */
export const coreRooms = {
  base: [],
  kernel: [],
  governor: ['base', 'kernel'],
  product: ['base'],
  market: ['base', 'kernel', 'product'],
  scenario: ['base', 'kernel', 'product', 'market'],
  pricing: ['base', 'kernel', 'product', 'market'],
  risk: ['base', 'kernel', 'product', 'market', 'scenario', 'pricing'],
  margin: ['base', 'kernel', 'governor', 'product', 'market', 'scenario', 'pricing', 'risk'],
  engine: ['base', 'product', 'market', 'risk', 'margin'],
  wire: ['base', 'kernel', 'product', 'market', 'scenario', 'risk', 'margin', 'engine'],
};

/** Workspaces: folder -> workspaces it may import by name. */
export const workspaces = {
  core: [],
  server: ['core'],
  lab: ['core', 'server', 'wasm'],
  vectors: ['core'],
  bench: ['core', 'lab', 'wasm', 'server'],
  wasm: ['core'],
  cli: ['core', 'lab', 'server', 'wasm'],
};

/** Packages from outside that a workspace may import; everything else there is Node itself or a relative file. */
export const packages = {
  core: [],
  server: ['libsql', 'hyparquet', 'hyparquet-writer'],
  lab: [],
  vectors: [],
  bench: ['libsql'],
  wasm: ['assemblyscript'],
  cli: ['commander', 'cli-table3', 'picocolors'],
};
