import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const room = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Tests read sources, not builds, so a stale build can never make a test pass; only cli.test.ts runs the built command, which
// `npm test` builds first.
export default defineConfig({
  resolve: {
    alias: [
      { find: '@plimsoll/core/kernel', replacement: room('core/src/kernel/index.ts') },
      { find: '@plimsoll/core/governor', replacement: room('core/src/governor/index.ts') },
      { find: '@plimsoll/core/static', replacement: room('core/src/margin/static/index.ts') },
      { find: '@plimsoll/core/venues', replacement: room('core/src/margin/venues/index.ts') },
      { find: '@plimsoll/core/engine', replacement: room('core/src/engine/index.ts') },
      { find: '@plimsoll/core', replacement: room('core/src/index.ts') },
      { find: '@plimsoll/wasm', replacement: room('wasm/src/index.ts') },
      { find: '@plimsoll/server', replacement: room('server/src/index.ts') },
      { find: '@plimsoll/lab', replacement: room('lab/src/index.ts') },
    ],
  },
  test: {
    include: ['*/src/**/*.{test,law}.ts', 'tools/**/*.test.ts'],
    setupFiles: ['tools/test-setup.ts'],
    testTimeout: 120_000,
    // What is printed is tested without its colours, which picocolors turns on where CI or FORCE_COLOR is set.
    env: { NO_COLOR: '1' },
  },
});
