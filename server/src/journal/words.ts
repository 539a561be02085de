// Words change; what was written does not. Old records are lifted to the words of now as they are read, and their digests stay those of the bytes
// as written.

import { type Refusal, refuse } from '@plimsoll/core';
import { sha256 } from './chain.ts';
import type { JournalRecord, Snapshot } from './contract.ts';

/** The two texts of an entry. */
export interface Texts {
  readonly input: string;
  readonly facts: string;
}

/** From the words of one version to those of the next: pure functions of the text alone. */
export interface Upgrade {
  readonly texts: (texts: Texts) => Texts | Refusal;
  /** The same for the text of a state; where it is missing, snapshots in older words are passed over. */
  readonly state?: (body: string) => string | Refusal;
}

/** The version entries are written in now, and the step from every earlier one: `upgrades[n]` leads from n to n + 1. */
export interface Words {
  readonly version: number;
  readonly upgrades: Readonly<Record<number, Upgrade>>;
}

/** The first words: nothing older exists. */
export const FIRST_WORDS: Words = { version: 1, upgrades: {} };

export const WORDS_VERSION_MAX = 65_535;

/** Refuses words with a step missing. */
export function doubtWords({ version, upgrades }: Words): Refusal | undefined {
  if (!Number.isInteger(version) || version < 1 || version > WORDS_VERSION_MAX)
    return refuse('bad-parameter', `words have a version of 1 to ${WORDS_VERSION_MAX}, not ${version}.`);
  for (let from = 1; from < version; from++)
    if (upgrades[from] === undefined)
      return refuse(
        'bad-parameter',
        `no upgrade leads from words ${from} to ${from + 1}; add upgrades[${from}].`,
      );
  return undefined;
}

/** Refuses a journal in words that are not known yet. */
export function doubtVersion(schema: number, words: Words, where: string): Refusal | undefined {
  if (schema <= words.version) return undefined;
  return refuse(
    'newer',
    `this journal is written in words ${schema}, and this program knows words up to ${words.version}; open it with a newer program.`,
    where,
  );
}

/** A record in the words of now; its digest stays that of the bytes as written. */
export function upgraded(record: JournalRecord, words: Words, where: string): JournalRecord | Refusal {
  if (record.schema === words.version) return record;
  const unknown = doubtVersion(record.schema, words, where);
  if (unknown !== undefined) return unknown;
  let texts: Texts = { input: record.input, facts: record.facts };
  for (let from = record.schema; from < words.version; from++) {
    const lifted = words.upgrades[from]!.texts(texts);
    if ('kind' in lifted)
      return refuse(lifted.reason, `record ${record.seq}, words ${from}: ${lifted.message}`, where);
    texts = lifted;
  }
  return { ...record, schema: words.version, input: texts.input, facts: texts.facts };
}

/** A snapshot in the words of now, its `state` being that of the lifted text; undefined where a step does not say how. */
export function upgradedSnapshot(snapshot: Snapshot, words: Words): Snapshot | Refusal | undefined {
  if (snapshot.schema > words.version) return undefined;
  let { body } = snapshot;
  for (let from = snapshot.schema; from < words.version; from++) {
    const lift = words.upgrades[from]!.state;
    if (lift === undefined) return undefined;
    const lifted = lift(body);
    if (typeof lifted !== 'string') return lifted;
    body = lifted;
  }
  if (body === snapshot.body) return { ...snapshot, schema: words.version };
  return { ...snapshot, schema: words.version, body, state: sha256(body) };
}
