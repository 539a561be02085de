// Real files beside the project, never in it: every chain and every snapshot is read, and the counts are those of a plain split.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal, sentence } from '../base/index.ts';
import { formatInstant, openChainCsv, readChainJson, readPerpetualsCsv } from './index.ts';

const data = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const present = existsSync(data);
if (!present) console.log('skipped: real chains are not beside this checkout (../shared/data)');

const names = (pattern: RegExp) =>
  present ? readdirSync(join(data, 'chains')).filter((name) => pattern.test(name)) : [];
const textOf = (name: string) => gunzipSync(readFileSync(join(data, 'chains', name))).toString('utf8');

function believed<T>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Error(sentence(answer));
  return answer;
}

describe.skipIf(!present)('real files', () => {
  const chains = names(/chain|optionsdx/);
  it.each(chains)('%s: every snapshot is read and nothing is lost', (name) => {
    const text = textOf(name);
    const rows = text.trimEnd().split('\n').slice(1);
    const file = believed(openChainCsv(text, name));
    expect(file.times).toHaveLength(new Set(rows.map((row) => row.split(',', 1)[0])).size);
    let count = 0;
    for (const at of file.times) {
      const snapshot = believed(file.read(at));
      expect(snapshot.at).toBe(at);
      expect(snapshot.notes).toBeUndefined();
      const time = formatInstant(at);
      for (const { row, product } of snapshot.options) {
        const line = rows[row - 2]!;
        if (!line.startsWith(`${time},`) || !line.includes(`,${product.id},`))
          throw new Error(`${name} row ${row}`);
      }
      count += snapshot.options.length;
    }
    expect(count).toBe(rows.length);
  });

  const marks = names(/perp_at|term_futures/);
  it.each(marks)('%s: every snapshot time has its marks', (name) => {
    const text = textOf(name);
    const rows = text.trimEnd().split('\n').slice(1);
    const byTime = new Map<string, number>();
    for (const row of rows) byTime.set(row.split(',', 1)[0]!, (byTime.get(row.split(',', 1)[0]!) ?? 0) + 1);
    for (const [time, count] of [...byTime].filter((_, i) => i % 60 === 0)) {
      const quotes = believed(readPerpetualsCsv(text, { source: name, at: Date.parse(time) as never }));
      expect(quotes).toHaveLength(count);
    }
  });

  it("the venue's own example of a book summary is read", () => {
    const examples = JSON.parse(
      readFileSync(join(data, 'venue_fixtures/deribit/openapi_examples.json'), 'utf8'),
    );
    const { response } = examples['public/get_book_summary_by_currency'].response_examples;
    const snapshot = believed(readChainJson(JSON.stringify(response), { source: 'example.json' }));
    expect(snapshot.options[0]).toMatchObject({
      product: { id: 'ETH-22FEB19-140-P' },
      bid: 0.1488,
      ask: 0.34,
    });
  });
});
