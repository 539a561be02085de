// The one suite, run by every body.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conform } from '../../test/conform.law.ts';
import { MemoryDisk } from './disk.ts';
import { openLog } from './log.ts';
import { openSqlite } from './sqlite.ts';

conform('memory', {
  place() {
    const disk = new MemoryDisk();
    return { open: (options) => openLog(disk, options) };
  },
  done() {},
});

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-journal-'));
let places = 0;

conform('sqlite', {
  place() {
    const path = join(folder, `${++places}.journal`);
    return { open: (options) => openSqlite(path, options) };
  },
  done: () => rmSync(folder, { recursive: true, force: true }),
});
