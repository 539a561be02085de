// Makes a checkout ready: installs what the lockfile names, then builds what changed.
// Runs before any dependency exists, so it uses Node alone.
//   node tools/prepare.mjs [--quiet]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const quiet = process.argv.includes('--quiet');
const NODE_MAJOR_MIN = 20;

function say(line) {
  if (!quiet) process.stderr.write(`${line}\n`);
}

function run(command, args) {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  process.stderr.write(`prepare: \`${command} ${args.join(' ')}\` failed; see above.\n`);
  process.exit(1);
}

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
  process.stderr.write(
    `prepare: Plimsoll needs Node ${NODE_MAJOR_MIN} or newer; this is ${process.version}.\n`,
  );
  process.exit(1);
}

// The stamp ties node_modules to one lockfile and one platform, because prebuilt binaries differ.
const stamp = `${root}node_modules/.plimsoll-lock`;
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  say('prepare: installing dependencies (npm ci) ...');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, wanted);
}

say('prepare: building ...');
run(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-b']);
