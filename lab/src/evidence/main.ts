// npm run evidence -- DATA [crash|expansion|governor|margin-models|models|surfaces|venues]: regenerates docs/evidence from real data beside the project.
// margin-models takes about half an hour and crash some minutes: they are made only where they are named. margin-models goes on from what is kept where
// --cache FOLDER is given; crash is run again by every --node PATH, and with --digest nothing but the digest of its last state is printed.

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { crashDigest, crashDocument } from './crash/document.ts';
import { expansionDocument } from './expansion.ts';
import { governorDocument } from './governor.ts';
import { marginModelsDocument } from './margin-models/document.ts';
import { modelsDocument } from './models.ts';
import { surfacesDocument } from './surfaces.ts';
import { venuesDocument } from './venues.ts';

interface Options {
  readonly cache?: string | undefined;
  readonly node?: readonly string[] | undefined;
}

/** Text, or text with a picture beside it. */
type Made = string | { readonly text: string; readonly svg: string };
type Make = (data: string, say: (line: string) => void, options: Options) => Promise<Made>;

const DOCUMENTS: Record<string, { file: string; make: Make; isLong?: true }> = {
  crash: {
    file: 'crash.md',
    make: (folder, say, { node = [] }) => crashDocument(folder, say, node),
    isLong: true,
  },
  expansion: { file: 'expansion.md', make: expansionDocument },
  governor: { file: 'governor.md', make: governorDocument },
  'margin-models': {
    file: 'margin-models.md',
    make: (folder, say, { cache }) => marginModelsDocument(folder, say, cache === undefined ? {} : { cache }),
    isLong: true,
  },
  models: { file: 'models.md', make: modelsDocument },
  surfaces: { file: 'surfaces.md', make: surfacesDocument },
  venues: { file: 'venues.md', make: venuesDocument },
};

const { values, positionals } = parseArgs({
  options: {
    cache: { type: 'string' },
    digest: { type: 'boolean' },
    node: { type: 'string', multiple: true },
  },
  allowPositionals: true,
});
const [data, ...wanted] = positionals;
const names = wanted.length > 0 ? wanted : Object.keys(DOCUMENTS).filter((name) => !DOCUMENTS[name]!.isLong);
const unknown = names.find((name) => DOCUMENTS[name] === undefined);

if (data === undefined || unknown !== undefined) {
  const known = Object.keys(DOCUMENTS).join('|');
  process.stderr.write(
    `evidence: usage: npm run evidence -- DATA_FOLDER [${known}], e.g. npm run evidence -- ../shared/data\n`,
  );
  process.exitCode = 2;
} else {
  const folder = fileURLToPath(new URL('../../../docs/evidence/', import.meta.url));
  await mkdir(folder, { recursive: true });
  try {
    const say = (line: string) => process.stderr.write(`${line}\n`);
    if (values.digest === true) {
      process.stdout.write(`${await crashDigest(data, say)}\n`);
    } else {
      for (const name of names) {
        const { file, make } = DOCUMENTS[name]!;
        const made = await make(data, say, values);
        await writeFile(`${folder}${file}`, typeof made === 'string' ? made : made.text);
        if (typeof made !== 'string') await writeFile(`${folder}${name}.svg`, made.svg);
        process.stdout.write(`docs/evidence/${file}\n`);
      }
    }
  } catch (error) {
    process.stderr.write(`evidence: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
