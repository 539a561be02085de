// --governed: an elasticity, or a file with the words of a policy: the governor, Article 28's three tools, a ratchet, a speed limit.

import { existsSync } from 'node:fs';
import {
  isRefusal,
  type ParameterForm,
  parseDecimal,
  type Refusal,
  readParameters,
  refuse,
} from '@plimsoll/core';
import { doubtPolicy, type FactorPolicy, GAP_HOURS_DEFAULT, governorDefaults } from '@plimsoll/core/governor';
import { type Governing, governingDefaults, readText } from '@plimsoll/lab';

const { halfLife, speedMax } = governorDefaults;

/** Where each tool starts: the article's least, the governor's own half-lives and speeds. */
const TOOLS: { readonly [T in FactorPolicy['tool']]: Extract<FactorPolicy, { tool: T }> } = {
  governor: governorDefaults,
  buffer: { tool: 'buffer', buffer: 0.25 },
  'stress-weight': { tool: 'stress-weight', weight: 0.25 },
  floor: { tool: 'floor' },
  ratchet: { tool: 'ratchet', halfLife },
  'speed-limit': { tool: 'speed-limit', speedMax: speedMax! },
};

/** A policy as a parameter file has it: whatever is not said is the tool's own. */
type PolicyFile = FactorPolicy & { readonly id: string; readonly version: string };

function formOf(source: string): ParameterForm<PolicyFile> {
  return {
    fields: { tool: { kind: 'words', words: Object.keys(TOOLS) } },
    doubt: (policy) => doubtPolicy({ factors: { [source]: policy }, gapMax: GAP_HOURS_DEFAULT }),
  };
}

/** The tool that a file names; the governor where it names none. What is wrong with the file otherwise is found by whoever reads it whole. */
function toolOf(text: string): FactorPolicy['tool'] {
  const named = /"tool"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? 'governor';
  return Object.hasOwn(TOOLS, named) ? (named as FactorPolicy['tool']) : 'governor';
}

/**
 * A policy from a file: `{"tool":"buffer","buffer":0.3}`. Refuses unknown tools and words with a suggestion, and numbers that no policy may have.
 * @example await readPolicy('policy.json') // { tool: 'buffer', buffer: 0.3 }
 */
async function readPolicy(path: string): Promise<FactorPolicy | Refusal> {
  const text = await readText(path);
  if (isRefusal(text)) return text;
  const start = { id: 'policy', version: '1', ...TOOLS[toolOf(text)] };
  const read = readParameters<PolicyFile>(text, path, start, formOf(path));
  if (isRefusal(read)) return read;
  const { id: _, version: __, ...policy } = read;
  return policy;
}

/** The governing of `--governed [elasticity or file]`; undefined where it was not asked for. */
export async function governingOf(
  word: string | boolean | undefined,
): Promise<Governing<FactorPolicy> | undefined | Refusal> {
  if (word === undefined || word === false) return undefined;
  if (word === true) return governingDefaults;
  const elasticity = parseDecimal(word, '--governed');
  if (isRefusal(elasticity) || existsSync(word)) {
    if (existsSync(word) || /\.json$/i.test(word)) {
      const policy = await readPolicy(word);
      return isRefusal(policy) ? policy : { ...governingDefaults, policy };
    }
    const message = `'${word}' is neither an elasticity from 0 to 1 nor a file with a policy.`;
    return refuse('malformed', message, '--governed');
  }
  if (elasticity >= 0 && elasticity <= 1) {
    return { ...governingDefaults, policy: { ...governorDefaults, elasticity } };
  }
  return refuse('out-of-range', 'give a number from 0 to 1, or a file with a policy.', '--governed');
}
