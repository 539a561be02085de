// The one that is killed: appends entries that anyone can compute again, and says which were acknowledged.

import { writeSync } from 'node:fs';
import { isRefusal, type Prng, seededPrng, sentence } from '@plimsoll/core';
import { sha256 } from './chain.ts';
import type { Entry, Head } from './contract.ts';
import { openSqlite } from './sqlite.ts';

/** A writer that is never killed ends here. */
export const WRITER_ENTRIES_MAX = 200_000;
const CALLERS_MAX = 6;
const BATCH_MAX = 40;
const TEXT_MAX = 700;
const SNAPSHOT_SHARE = 0.05;

/** Entry `seq` as the writer of a round makes it: the same for the same seed, another in another round. */
export function entryOf(seed: number, round: number, seq: number): Entry {
  const prng = seededPrng(seed ^ (round * 0x9e37) ^ (seq * 0x85eb));
  const filler = 'x'.repeat(Math.floor(prng.next() * TEXT_MAX));
  const input = `{"round":${round},"seq":${seq},"nonce":${prng.next()},"filler":"${filler}"}`;
  return { seq, at: 1_764_000_000_000 + seq, schema: 1, input, facts: `[${prng.next()}]` };
}

/** The state after an entry, in the words of this bench. */
export const stateOf = (round: number, seq: number): string => `{"round":${round},"seq":${seq}}`;

const say = (line: string): number => writeSync(1, `${line}\n`);

/** Appends until it is killed; answers the exit code where it is not. Prints `open SEQ`, then `ack SEQ` and `kept SEQ`, each once it is so. */
export async function write(path: string, seed: number, round: number): Promise<number> {
  const journal = openSqlite(path);
  if (isRefusal(journal)) {
    say(`refused ${sentence(journal)}`);
    return 1;
  }
  say(`open ${journal.head.seq}`);
  const prng = seededPrng(seed + round);
  let next = journal.head.seq + 1;
  for (const end = next + WRITER_ENTRIES_MAX; next < end; ) {
    const waiting: Promise<Head | object>[] = [];
    for (let callers = whole(prng, CALLERS_MAX); callers > 0; callers--) {
      const batch = Array.from({ length: whole(prng, BATCH_MAX) }, () => entryOf(seed, round, next++));
      waiting.push(journal.append(batch).then(acknowledge));
    }
    for (const answer of await Promise.all(waiting)) if (isRefusal(answer)) return 1;
    if (prng.next() >= SNAPSHOT_SHARE) continue;
    const body = stateOf(round, journal.head.seq);
    const snapshot = { ...journal.head, schema: 1, body, state: sha256(body) };
    if ((await journal.keep(snapshot)) === undefined) say(`kept ${snapshot.seq}`);
  }
  await journal.close();
  return 0;
}

function acknowledge(answer: Head | object): Head | object {
  if (isRefusal(answer)) say(`refused ${sentence(answer)}`);
  else say(`ack ${(answer as Head).seq}`);
  return answer;
}

const whole = (prng: Prng, most: number): number => 1 + Math.floor(prng.next() * most);
