// npm run evidence -- DATA [expansion|governor|margin-models|models|surfaces|venues]: regenerates docs/evidence from real data beside the project.
// margin-models takes about half an hour and is made only where it is named; with --cache FOLDER it goes on from what is kept there.

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { expansionDocument } from './expansion.ts';
import { governorDocument } from './governor.ts';
import { marginModelsDocument } from './margin-models/document.ts';
import { modelsDocument } from './models.ts';
import { surfacesDocument } from './surfaces.ts';
import { venuesDocument } from './venues.ts';

type Make = (data: string, say: (line: string) => void, cache?: string) => Promise<string>;

const DOCUMENTS: Record<string, { file: string; make: Make; isLong?: true }> = {
  expansion: { file: 'expansion.md', make: expansionDocument },
  governor: { file: 'governor.md', make: governorDocument },
  'margin-models': {
    file: 'margin-models.md',
    make: (folder, say, cache) => marginModelsDocument(folder, say, cache === undefined ? {} : { cache }),
    isLong: true,
  },
  models: { file: 'models.md', make: modelsDocument },
  surfaces: { file: 'surfaces.md', make: surfacesDocument },
  venues: { file: 'venues.md', make: venuesDocument },
};

const { values, positionals } = parseArgs({ options: { cache: { type: 'string' } }, allowPositionals: true });
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
    for (const name of names) {
      const { file, make } = DOCUMENTS[name]!;
      const text = await make(data, (line) => process.stderr.write(`${line}\n`), values.cache);
      await writeFile(`${folder}${file}`, text);
      process.stdout.write(`docs/evidence/${file}\n`);
    }
  } catch (error) {
    process.stderr.write(`evidence: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
