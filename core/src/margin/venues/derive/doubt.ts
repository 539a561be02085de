// Parameters of Derive's portfolio managers, doubted field by field, and how a file may depart from them. Bounds are those of Derive's own setters
// where it has any.

import type { Refusal } from '../../../base/index.ts';
import { type Bounds, Doubt } from '../../doubt.ts';
import type { FieldForm, ParameterForm } from '../../form.ts';
import { pmrm2History, pmrmHistory } from './live.ts';
import {
  DERIVE_CASH,
  type DerivePortfolioParameters,
  type DeriveScenario,
  EACH_MANAGER,
  type Pmrm2Market,
  type Pmrm2Parameters,
  type PmrmMarket,
  type PmrmParameters,
} from './portfolio-parameters.ts';

const SHARE: Bounds = [0, 1];
const SCALE: Bounds = [0, 100];
const SCENARIOS_MAX = 40;
const VOL_SHOCKS = ['none', 'up', 'down'];
const SKEWS = ['linear', 'abs'];

const VOL: Readonly<Record<string, Bounds>> = {
  volRangeUp: [0, 10],
  volRangeDown: [0, 10],
  shortTermPower: SCALE,
  longTermPower: SCALE,
  dteFloorSec: [0, 1e10],
};
const BASIS: Readonly<Record<string, Bounds>> = {
  scenarioSpotUp: [0.001, 100],
  scenarioSpotDown: [0.001, 100],
  basisContAddFactor: SCALE,
  basisContMultFactor: SCALE,
};
const DOUBT: Readonly<Record<string, Bounds>> = {
  pegLossThreshold: [0, 2],
  pegLossFactor: [0, 100],
  confThreshold: SHARE,
  confMargin: SCALE,
};

function doubtScenarios(
  path: string,
  scenarios: readonly DeriveScenario[],
  words: readonly string[],
  doubt: Doubt,
): void {
  if (scenarios.length === 0 || scenarios.length > SCENARIOS_MAX) {
    doubt.say(`${path}.scenarios`, `1 to ${SCENARIOS_MAX} scenarios`);
  }
  scenarios.forEach((scenario, i) => {
    const at = `${path}.scenarios[${i}]`;
    doubt.within(`${at}.`, scenario, { spotShock: [0.001, 100], dampeningFactor: SCALE });
    if (!words.includes(scenario.volShock)) doubt.say(`${at}.volShock`, `one of ${words.join(', ')}`);
    if (SKEWS.includes(scenario.volShock) && scenario.spotShock !== 1) {
      doubt.say(`${at}.spotShock`, 'at 1: a skew stands at an unmoved spot');
    }
  });
}

function doubtCommon<M>(
  { id, markets, manager, pegs, bufferMargin, fees }: DerivePortfolioParameters<M>,
  each: (path: string, market: M, doubt: Doubt) => void,
): Refusal | undefined {
  const doubt = new Doubt(id);
  doubt.within('', { bufferMargin }, { bufferMargin: [0, 10] });
  doubt.within('fees.', fees, { perpetual: [0, 0.1], option: [0, 0.1], optionCap: SHARE });
  if (pegs[DERIVE_CASH] === undefined) doubt.say(`pegs.${DERIVE_CASH}`, 'there: accounts are counted in it');
  if (manager !== EACH_MANAGER && markets[manager] === undefined) {
    doubt.say('manager', `'${EACH_MANAGER}' or a market: ${Object.keys(markets).join(', ')}`);
  }
  for (const [coin, market] of Object.entries(markets)) {
    if (pegs[coin] !== undefined) doubt.say(`pegs.${coin}`, 'left out: it is a market');
    each(`markets.${coin}`, market, doubt);
  }
  return doubt.found;
}

function doubtPmrm2Market(path: string, market: Pmrm2Market, doubt: Doubt): void {
  doubtScenarios(path, market.scenarios, [...VOL_SHOCKS, ...SKEWS], doubt);
  doubt.within(`${path}.volShock.`, market.volShock, { ...VOL, minVolUpShock: [0, 20] });
  doubt.within(`${path}.margin.`, market.margin, {
    imFactor: [0.1, 10],
    mmFactor: [0.1, 10],
    shortRateMultScale: SCALE,
    longRateMultScale: SCALE,
    shortRateAddScale: SCALE,
    longRateAddScale: SCALE,
    shortBaseStaticDiscount: [0.01, 10],
    longBaseStaticDiscount: [0, 2],
  });
  doubt.within(`${path}.basisContingency.`, market.basisContingency, BASIS);
  doubt.within(`${path}.otherContingency.`, market.otherContingency, {
    ...DOUBT,
    MMPerpPercent: SCALE,
    IMPerpPercent: SCALE,
    MMOptionPercent: SCALE,
    IMOptionPercent: SCALE,
  });
  doubt.within(`${path}.skewShock.`, market.skewShock, {
    linearBaseCap: [0, 10],
    absBaseCap: [0, 10],
    linearCBase: [-10, 10],
    absCBase: [-10, 10],
    minKStar: [0, 10],
    widthScale: SCALE,
    volParamStatic: [0, 10],
    volParamScale: [-1000, 1000],
  });
  for (const [asset, collateral] of Object.entries(market.collaterals)) {
    const at = `${path}.collaterals.${asset}`;
    doubt.within(`${at}.`, collateral, { mmHaircut: SHARE, imHaircut: SHARE, riskCancelling: SHARE });
    if (collateral.mmHaircut + collateral.imHaircut > 1)
      doubt.say(`${at}.imHaircut`, 'at most 1 together with mmHaircut');
    if (collateral.riskCancelling !== 0 && collateral.riskCancelling !== 1)
      doubt.say(`${at}.riskCancelling`, '0 or 1');
  }
}

function doubtPmrmMarket(path: string, market: PmrmMarket, doubt: Doubt): void {
  doubtScenarios(path, market.scenarios, VOL_SHOCKS, doubt);
  doubt.within(`${path}.volShock.`, market.volShock, VOL);
  doubt.within(`${path}.margin.`, market.margin, {
    imFactor: [0.1, 10],
    rateMultScale: SCALE,
    rateAddScale: SCALE,
    baseStaticDiscount: [0, 2],
  });
  doubt.within(`${path}.basisContingency.`, market.basisContingency, BASIS);
  doubt.within(`${path}.otherContingency.`, market.otherContingency, {
    ...DOUBT,
    basePercent: SCALE,
    perpPercent: SCALE,
    optionPercent: SCALE,
  });
}

/** The first thing wrong with a parameter set of PMRM_2. */
export function doubtPmrm2(parameters: Pmrm2Parameters): Refusal | undefined {
  return doubtCommon(parameters, doubtPmrm2Market);
}

/** The first thing wrong with a parameter set of PMRM. */
export function doubtPmrm(parameters: PmrmParameters): Refusal | undefined {
  return doubtCommon(parameters, doubtPmrmMarket);
}

const SCENARIO_LIST: FieldForm = {
  kind: 'list',
  item: { spotShock: 1, volShock: 'none', dampeningFactor: 1 },
  most: SCENARIOS_MAX,
};

/** A market that is new starts from the widest there is. */
export const pmrm2Form: ParameterForm<Pmrm2Parameters> = {
  fields: {
    markets: {
      kind: 'map',
      names: 'asset',
      fresh: pmrm2History[0].parameters.markets['HYPE']!,
      item: {
        kind: 'fields',
        fields: {
          scenarios: SCENARIO_LIST,
          collaterals: {
            kind: 'map',
            names: 'asset',
            fresh: { mmHaircut: 1, imHaircut: 0, riskCancelling: 0 },
          },
        },
      },
    },
    pegs: { kind: 'map', names: 'asset', fresh: {} },
  },
  doubt: doubtPmrm2,
};
export const pmrmForm: ParameterForm<PmrmParameters> = {
  fields: {
    markets: {
      kind: 'map',
      names: 'asset',
      fresh: pmrmHistory[0].parameters.markets['BTC']!,
      item: { kind: 'fields', fields: { scenarios: SCENARIO_LIST } },
    },
    pegs: { kind: 'map', names: 'asset', fresh: {} },
  },
  doubt: doubtPmrm,
};
