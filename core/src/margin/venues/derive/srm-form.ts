// How the Standard Manager's parameters are read from a file, and doubted: what nests in them nests in the lines.

import type { Refusal } from '../../../base/index.ts';
import { type Bounds, Doubt } from '../../doubt.ts';
import type { ParameterForm } from '../../form.ts';
import { type SrmOption, type SrmOracle, type SrmParameters, srmDefaults } from './srm-parameters.ts';

const SHARE: Bounds = [0, 1];
const RATE: Bounds = [0, 2];
const SCALE: Bounds = [1, 10];

/** The first thing wrong with a parameter set, as a refusal that names the field; undefined when it is sound. */
export function doubtSrm(parameters: SrmParameters): Refusal | undefined {
  const doubt = new Doubt(parameters.id);
  for (const [name, rates] of Object.entries(parameters.perpMarginRequirements)) {
    const path = `perpMarginRequirements.${name}`;
    doubt.within(`${path}.`, rates, { mmPerpReq: SHARE, imPerpReq: SHARE });
    if (!(rates.mmPerpReq <= rates.imPerpReq)) doubt.say(`${path}.mmPerpReq`, `at most ${path}.imPerpReq`);
  }
  for (const [name, rates] of Object.entries(parameters.optionMarginParams)) {
    doubtOption(`optionMarginParams.${name}`, rates, doubt);
  }
  for (const [name, rates] of Object.entries(parameters.baseMarginParams)) {
    doubt.within(`baseMarginParams.${name}.`, rates, { marginFactor: SHARE, IMScale: SHARE });
  }
  const oracles = Object.entries(parameters.oracleContingencyParams);
  doubtOracle('oracleContingency', parameters.oracleContingency, doubt);
  for (const [name, oracle] of oracles) doubtOracle(`oracleContingencyParams.${name}`, oracle, doubt);
  doubt.within('depegParams.', parameters.depegParams, { threshold: [0, 2], depegFactor: [0, 100] });
  doubt.within('', parameters, { bufferMarginPercentage: [0, 10] });
  doubt.within('fees.', parameters.fees, { perpetual: [0, 0.1], option: [0, 0.1], optionCap: SHARE });
  return doubt.found;
}

/** Initial margin is never below maintenance, and what calls are unpaired counts at least their forward. */
function doubtOption(path: string, rates: SrmOption, doubt: Doubt): void {
  doubt.within(`${path}.`, rates, {
    maxSpotReq: RATE,
    minSpotReq: RATE,
    mmCallSpotReq: RATE,
    mmPutSpotReq: RATE,
    MMPutMtMReq: RATE,
    unpairedIMScale: SCALE,
    unpairedMMScale: SCALE,
    mmOffsetScale: SCALE,
  });
  const nested = [
    ['minSpotReq', 'maxSpotReq'],
    ['mmCallSpotReq', 'minSpotReq'],
    ['unpairedMMScale', 'unpairedIMScale'],
  ] as const;
  for (const [less, more] of nested) {
    if (!(rates[less] <= rates[more])) doubt.say(`${path}.${less}`, `at most ${path}.${more}`);
  }
}

function doubtOracle(path: string, oracle: SrmOracle, doubt: Doubt): void {
  doubt.within(`${path}.`, oracle, {
    perpThreshold: SHARE,
    optionThreshold: SHARE,
    baseThreshold: SHARE,
    OCFactor: [0, 10],
  });
}

/** A market that is new starts from the live one that is asked the most. */
export const srmForm: ParameterForm<SrmParameters> = {
  fields: {
    perpMarginRequirements: {
      kind: 'map',
      names: 'asset',
      fresh: srmDefaults.perpMarginRequirements['DEGEN']!,
    },
    optionMarginParams: { kind: 'map', names: 'asset', fresh: srmDefaults.optionMarginParams['SNX']! },
    baseMarginParams: { kind: 'map', names: 'asset', fresh: { marginFactor: 0, IMScale: 0 } },
    oracleContingencyParams: { kind: 'map', names: 'asset', fresh: 'oracleContingency' },
    pegs: { kind: 'map', names: 'asset', fresh: {} },
  },
  doubt: doubtSrm,
};
