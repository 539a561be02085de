// npm run evidence -- DATA [expansion|governor|models|surfaces|venues]: regenerates docs/evidence from real chains beside the project.

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expansionDocument } from './expansion.ts';
import { governorDocument } from './governor.ts';
import { modelsDocument } from './models.ts';
import { surfacesDocument } from './surfaces.ts';
import { venuesDocument } from './venues.ts';

const DOCUMENTS: Record<string, { file: string; make: typeof modelsDocument }> = {
  expansion: { file: 'expansion.md', make: expansionDocument },
  governor: { file: 'governor.md', make: governorDocument },
  models: { file: 'models.md', make: modelsDocument },
  surfaces: { file: 'surfaces.md', make: surfacesDocument },
  venues: { file: 'venues.md', make: venuesDocument },
};

const [data, ...wanted] = process.argv.slice(2);
const names = wanted.length > 0 ? wanted : Object.keys(DOCUMENTS);
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
      const text = await make(data, (line) => process.stderr.write(`${line}\n`));
      await writeFile(`${folder}${file}`, text);
      process.stdout.write(`docs/evidence/${file}\n`);
    }
  } catch (error) {
    process.stderr.write(`evidence: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
