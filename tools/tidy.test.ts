// The house rules that a tool can judge, read from the repository itself.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { coreRooms, packages, workspaces } from '../rooms.mjs';
import { roomsPicture } from './rooms-picture.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const LINES_MAX = 300;
const FUNCTION_LINES_MAX = 60;
const ROOM_README_LINES_MAX = 10;

// Tracked and new files alike, so that a rule bites before the commit does.
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const sources = files.filter((path) => path.endsWith('.ts'));
const isTest = (path: string) => /\.(test|law)\.ts$/.test(path);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Import {
  readonly file: string;
  readonly target: string;
}

const NAMES = String.raw`(?:type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+(?:\s*,\s*\{[^}]*\})?)`;
const IMPORT = new RegExp(
  String.raw`^(?:import|export)\s+(?:${NAMES}\s+from\s+)?'([^']+)'|\bimport\('([^']+)'\)`,
  'gm',
);

function importsOf(file: string): Import[] {
  return [...read(file).matchAll(IMPORT)].map((match) => ({ file, target: (match[1] ?? match[2])! }));
}

/** `core/src/risk/sweep.ts` -> `risk`; files at the top of core/src belong to no room. */
function roomOf(file: string): string | undefined {
  const parts = file.split('/');
  return parts[0] === 'core' && parts[1] === 'src' && parts.length > 3 ? parts[2] : undefined;
}

function relativeTarget({ file, target }: Import): string {
  return relative(root, resolve(root, dirname(file), target));
}

describe('rooms', () => {
  const rooms: Record<string, readonly string[]> = coreRooms;

  it('every room of core stands in the table and exists', () => {
    const found = [...new Set(sources.map(roomOf).filter((room) => room !== undefined))].sort();
    expect(found).toEqual(Object.keys(rooms).sort());
  });

  it('a room imports only what the table allows', () => {
    const wrong = sources
      .filter((file) => roomOf(file) !== undefined && !isTest(file))
      .flatMap(importsOf)
      .filter((item) => {
        if (!item.target.startsWith('.')) return true;
        const from = roomOf(item.file)!;
        const to = roomOf(relativeTarget(item));
        return to === undefined || (to !== from && !rooms[from]!.includes(to));
      });
    expect(wrong).toEqual([]);
  });

  it('the table has no circle', () => {
    const done = new Set<string>();
    const visit = (room: string, path: readonly string[]) => {
      expect(path).not.toContain(room);
      if (done.has(room)) return;
      for (const next of rooms[room]!) visit(next, [...path, room]);
      done.add(room);
    };
    for (const room of Object.keys(rooms)) visit(room, []);
  });

  it('a workspace imports only its workspaces, its packages and Node', () => {
    const allowed: Record<string, readonly string[]> = workspaces;
    const outside: Record<string, readonly string[]> = packages;
    const wrong = sources
      .filter((file) => allowed[file.split('/')[0]!] !== undefined && !isTest(file))
      .flatMap(importsOf)
      .filter(({ file, target }) => {
        const home = file.split('/')[0]!;
        if (target.startsWith('.')) return !relativeTarget({ file, target }).startsWith(`${home}/`);
        if (target.startsWith('node:')) return home === 'core';
        const own = /^@plimsoll\/([a-z]+)/.exec(target)?.[1];
        return own === undefined ? !outside[home]!.includes(target) : !allowed[home]!.includes(own);
      });
    expect(wrong).toEqual([]);
  });

  it('every room and workspace says what it knows, its words, and what it must never learn; rooms in ten lines', () => {
    const places = [...Object.keys(rooms).map((room) => `core/src/${room}`), ...Object.keys(workspaces)];
    for (const place of places) {
      const path = `${place}/README.md`;
      expect(files, `${path} is missing`).toContain(path);
      expect(read(path), path).toMatch(/Must never learn/);
      expect(read(path), path).toMatch(/Words: /);
      const lines = read(path).trimEnd().split('\n').length;
      if (place.startsWith('core/src')) expect(lines, path).toBeLessThanOrEqual(ROOM_README_LINES_MAX);
    }
  });
});

describe('core', () => {
  const banned: readonly [RegExp, string][] = [
    [
      /\bMath\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|tanh|sinh|cosh|cbrt|hypot|atan2?|asin|acos)\b/,
      'use kernel/elementary: engines differ',
    ],
    [/(?<![\w.)\]])\w+ \*\* \w*\.\d/, 'use kernel pow: engines differ'],
    [/\bMath\.random\b/, 'pass a Prng'],
    [/\bDate\.now\b|new Date\(\)|\bperformance\b/, 'time arrives, it is never asked'],
    [/\bconsole\b|\bprocess\b|\bglobalThis\b|\bsetTimeout\b|\bfetch\(/, 'core has no host'],
    [/\.localeCompare\(|toLocale/, 'locales differ; compareText'],
  ];

  it.each(banned.map(([pattern, mend]) => ({ pattern, mend })))(
    'never says $pattern ($mend)',
    ({ pattern }) => {
      const wrong = sources
        .filter((file) => file.startsWith('core/src/') && !isTest(file))
        .flatMap((file) =>
          read(file)
            .split('\n')
            .map((line, i) => ({
              at: `${file}:${i + 1}`,
              code: line.replace(/\/\/.*|^\s*\*.*|\/\*\*.*/, ''),
            }))
            .filter(({ code }) => pattern.test(code))
            .map(({ at, code }) => `${at} ${code.trim()}`),
        );
      expect(wrong).toEqual([]);
    },
  );
});

describe('files', () => {
  it(`a source file is a page: at most ${LINES_MAX} lines`, () => {
    const long = sources
      .map((file) => `${file}: ${read(file).trimEnd().split('\n').length}`)
      .filter((entry) => Number(entry.split(': ')[1]) > LINES_MAX && !isTest(entry.split(': ')[0]!));
    expect(long).toEqual([]);
  });

  it(`a function has at most ${FUNCTION_LINES_MAX} lines`, () => {
    const long: string[] = [];
    for (const file of sources.filter((path) => !isTest(path))) {
      const lines = read(file).split('\n');
      lines.forEach((line, i) => {
        if (!/^(export )?(async )?function\b|^ {2}(private |static |async )*\w+\(.*\{$/.test(line)) return;
        const indent = /^ */.exec(line)![0];
        const length = lines.slice(i).indexOf(`${indent}}`) + 1;
        if (length > FUNCTION_LINES_MAX) long.push(`${file}:${i + 1} has ${length} lines`);
      });
    }
    expect(long).toEqual([]);
  });

  it('no tracked file is larger than a megabyte, and none names a machine', () => {
    const wrong = files.filter((file) => {
      const text = read(file);
      return text.length > 1_048_576 || /(^|[\s'"(])\/(home|root|Users)\/\w/.test(text);
    });
    expect(wrong).toEqual([]);
  });
});

describe('documents', () => {
  it('every rule that is cited stands in the methodology, and every rule there is named by a test', () => {
    const pages = files.filter((file) =>
      /^docs\/(methodology|dynamic|engine|venues\/[a-z-]+)\.md$/.test(file),
    );
    const stated = pages.flatMap((file) =>
      [...read(file).matchAll(/^#+ (M-\d{2,3})\b/gm)].map((match) => match[1]!),
    );
    const rules = new Set(stated);
    expect(stated.length, 'a rule is stated once').toBe(rules.size);
    const cited = sources.flatMap((file) =>
      [...read(file).matchAll(/\bM-\d{2,3}\b/g)].map((match) => ({ file, rule: match[0] })),
    );
    expect(cited.filter(({ rule }) => !rules.has(rule))).toEqual([]);
    const tested = new Set(cited.filter(({ file }) => isTest(file)).map(({ rule }) => rule));
    expect(
      [...rules].filter((rule) => !tested.has(rule)),
      'rules that no test names',
    ).toEqual([]);
    expect(rules.size).toBeGreaterThan(20);
  });

  it('the picture in ARCHITECTURE is drawn from the table of rooms', () => {
    expect(read('ARCHITECTURE.md')).toContain(roomsPicture());
  });

  it('links between documents lead somewhere', () => {
    const broken = files
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        [...read(file).matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)]
          .map((match) => match[1]!)
          .filter((target) => !/^[a-z]+:/.test(target))
          .filter((target) => !existsSync(join(root, dirname(file), target)))
          .map((target) => `${file} -> ${target}`),
      );
    expect(broken).toEqual([]);
  });
});
