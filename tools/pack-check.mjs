// Installs the packed packages into an empty project, as a user of the registry would, and runs the command there.
//   node tools/pack-check.mjs
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-pack-'));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
// What is read is read without colours, whatever the terminal or its runner asks for.
const { FORCE_COLOR: _, ...plain } = process.env;
const env = { ...plain, NO_COLOR: '1' };
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

try {
  for (const name of ['core', 'wasm', 'server', 'lab', 'cli'])
    run(npm, ['pack', '--silent', '-w', name, '--pack-destination', folder], root);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  run(
    npm,
    ['install', '--no-audit', '--no-fund', '--silent', ...tarballs.map((name) => `./${name}`)],
    folder,
  );
  const answer = JSON.parse(
    run(process.execPath, ['node_modules/plimsoll/bin/plimsoll.js', 'demo', '--json'], folder),
  );
  writeFileSync(
    join(folder, 'use.mjs'),
    "import { gridDefaults } from '@plimsoll/core';\nimport { blackPrice } from '@plimsoll/core/kernel';\nimport { leverageTiers } from '@plimsoll/core/static';\nimport { socialisedShare } from '@plimsoll/core/venues';\nconst tier = leverageTiers([{ from: 0, maxLeverage: 40 }])[0].rate;\nconst share = socialisedShare({ missing: 1, held: 4 });\nconsole.log(gridDefaults.id, tier, share, blackPrice('call', 100, 100, 0.2));\n",
  );
  const used = run(process.execPath, ['use.mjs'], folder);
  if (!answer.digest || !used.startsWith('grid 0.0125 0.2 7.96'))
    throw new Error(`unexpected answers: ${used}`);
  process.stdout.write(
    `pack-check: ${tarballs.length} packages install and answer; initial ${answer.requirement.initial} USD\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
