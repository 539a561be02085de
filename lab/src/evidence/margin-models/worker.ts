// One part in a process of its own: node worker.js DATA PART CHOICES OUT. What it found is written whole or not at all.

import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Choice } from '../../backtest/study/choosing.ts';
import { PARTS } from './parts.ts';

const [data, id, chosen, out] = process.argv.slice(2) as [string, string, string, string];
const part = PARTS.find((own) => own.id === id)!;
const choices = part.stage === 1 ? [] : (JSON.parse(await readFile(chosen, 'utf8')) as Choice[]);
const found = await part.make(data, choices);
const beside = `${out}.${process.pid}.tmp`;
await writeFile(beside, JSON.stringify(found));
await rename(beside, out);
