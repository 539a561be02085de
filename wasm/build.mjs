// Builds the kernel from assembly/ into src/module.ts, or with --check says whether what is there is what the sources give.
//   node wasm/build.mjs [--check]
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('.', import.meta.url));
const target = `${folder}src/module.ts`;
/** A kernel that has grown past this has something in it that is no loop. */
const BYTES_MAX = 32_768;

/** The bytes that the sources give. */
export async function compile() {
  let bytes;
  const { error, stderr } = await asc.main(
    [
      'assembly/index.ts',
      ...['--baseDir', folder, '--outFile', 'kernel.wasm', '--runtime', 'stub', '-O3', '--noAssert'],
      ...['--importMemory', '--sharedMemory', '--initialMemory', '64', '--maximumMemory', '65536'],
      ...['--enable', 'simd', '--enable', 'threads'],
    ],
    {
      writeFile: (_name, data) => {
        bytes = data;
      },
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  if (bytes.length > BYTES_MAX)
    throw new Error(`the kernel has ${bytes.length} bytes; ${BYTES_MAX} is its budget`);
  return bytes;
}

/** The source text that carries some bytes. */
export function textOf(bytes) {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,160}/g) ?? [];
  return [
    '// Built by `npm run kernel -w wasm`; do not edit by hand.',
    '',
    `/** SHA-256 of the module. */\nexport const KERNEL_SHA256 = '${hash}';`,
    '',
    '/** The module, base64. */',
    `export const KERNEL_BASE64 =\n${lines.map((line) => `  '${line}'`).join(' +\n')};`,
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = textOf(await compile());
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write('wasm: src/module.ts is not what assembly/ gives; run `npm run kernel -w wasm`.\n');
    process.exit(1);
  }
}
