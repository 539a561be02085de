// What the Standard Manager asks for, term by term: each charge is what a term takes from the mark to market, with what it was made of.

import { owedUp, usd } from '../../../base/index.ts';
import type { Holdings } from '../../../risk/index.ts';
import type { Charge, ChargeName } from '../../requirement.ts';
import type { RatedLine } from '../../static/rules.ts';
import type { SrmBook, SrmCoin, SrmRow } from './srm-book.ts';
import {
  type SrmLeg,
  srmCollateral,
  srmDoubtful,
  srmIsolated,
  srmMaxLoss,
  srmShort,
  unpairedScale,
} from './srm-rules.ts';

type Row<Kind> = Extract<SrmRow, { kind: Kind }>;

/** Rows of one kind that are held, with what is held of each. */
interface Position<Kind extends SrmRow['kind']> {
  readonly row: number;
  readonly rule: Row<Kind>;
  readonly quantity: number;
}

function held<Kind extends SrmRow['kind']>(
  { rules }: SrmBook,
  { rows, quantities }: Holdings,
  kind: Kind,
): Position<Kind>[] {
  return Array.from(rows).flatMap((row, i) => {
    const rule = rules[row]!;
    return rule.kind === kind ? [{ row, rule: rule as Row<Kind>, quantity: quantities[i]! }] : [];
  });
}

function grouped<T, Key>(items: readonly T[], keyOf: (item: T) => Key): readonly (readonly T[])[] {
  const groups = new Map<Key, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function charge(
  name: ChargeName,
  underlying: string,
  amount: number,
  inputs: Charge['inputs'],
  product?: string,
): Charge {
  return {
    name,
    underlying,
    ...(product === undefined ? {} : { product }),
    amount: amount === 0 ? usd(0n) : owedUp(amount),
    inputs,
  };
}

/** An oracle that is unsure of what a size hangs on (M-135); nothing where it is sure enough. */
function oracleCharge(
  coin: Pick<SrmCoin, 'name' | 'spot' | 'oracle'>,
  size: number,
  confidence: number,
  threshold: number,
): Charge {
  const factor = coin.oracle.OCFactor;
  const amount = size * srmDoubtful(confidence, threshold, factor, coin.spot);
  return charge('srm-oracle', coin.name, amount, { confidence, threshold, factor, spot: coin.spot, size });
}

/** Options of one expiry: the cheaper of every short leg by itself and the most that all of them can lose (M-132, M-133). */
function expiryCharges(book: SrmBook, own: readonly Position<'option'>[], line: RatedLine): Charge[] {
  const { coin, rates, forward } = own[0]!.rule;
  const legs = own.map(({ rule, quantity }): SrmLeg => ({ ...rule.leg, quantity }));
  const isolated = srmIsolated(legs, coin.spot, rates, line);
  const maxLoss = srmMaxLoss(legs, forward, rates, line);
  if (isolated >= maxLoss.value) {
    return own.map(({ row, quantity }, i) => {
      const leg = legs[i]!;
      const { id } = book.risk.products[row]!;
      const { mark, strike } = leg;
      if (quantity > 0) {
        return charge('srm-bought', coin.name, quantity * mark, { bought: quantity, mark }, id);
      }
      const each = srmShort(leg, coin.spot, rates, line);
      const inputs = { sold: -quantity, each, mark, strike, spot: coin.spot };
      return charge('srm-isolated', coin.name, -quantity * each, inputs, id);
    });
  }
  const marks = legs.reduce((sum, { quantity, mark }) => sum + quantity * mark, 0);
  const { value, settled, netCalls } = maxLoss;
  const years = book.risk.groups.bucketYears[book.risk.groups.bucketOf[own[0]!.row]!]!;
  const scale = unpairedScale(rates, line);
  const inputs = { days: years * 365, marks, maxLoss: value, settled, netCalls, forward, scale, isolated };
  return [charge('srm-max-loss', coin.name, marks - value, inputs)];
}

function collateralCharges(
  book: SrmBook,
  { row, rule, quantity }: Position<'base'>,
  line: RatedLine,
): Charge[] {
  const { rates, spot, confidence } = rule;
  const { id } = book.risk.products[row]!;
  const [value, worth] = [quantity * spot, quantity * book.risk.columns.value[row]!];
  const counted = srmCollateral({ value, confidence: 1 }, rates, line);
  const scale = line === 'initial' ? rates.IMScale : 1;
  const cut = charge('srm-base', id, worth - counted, {
    worth,
    value,
    marginFactor: rates.marginFactor,
    scale,
  });
  if (line === 'maintenance' || counted === 0) return [cut];
  const { oracle } = rates;
  return [cut, oracleCharge({ name: id, spot, oracle }, quantity, confidence, oracle.baseThreshold)];
}

/**
 * All that holdings are charged on a line (M-131 to M-136): perpetuals, expiries, what oracles and the stable add to initial, collateral.
 * Charges of nothing are left out; one may be a credit, where marks say that more could be lost than can be.
 * @example srmCharges(book, holdings, 'initial')[0].name // 'srm-perpetual'
 */
export function srmCharges(book: SrmBook, holdings: Holdings, line: RatedLine): Charge[] {
  const perpetuals = held(book, holdings, 'perpetual');
  const options = held(book, holdings, 'option');
  const found = perpetuals.map(({ row, rule, quantity }) => {
    const share = line === 'initial' ? rule.rates.imPerpReq : rule.rates.mmPerpReq;
    const inputs = { coins: quantity, mark: rule.mark, share };
    const amount = Math.abs(quantity) * rule.mark * share;
    return charge('srm-perpetual', rule.coin.name, amount, inputs, book.risk.products[row]!.id);
  });
  const expiries = grouped(options, ({ row }) => book.risk.groups.bucketOf[row]!);
  for (const own of expiries) found.push(...expiryCharges(book, own, line));
  if (line === 'initial') {
    for (const { rule, quantity } of perpetuals) {
      const { coin } = rule;
      found.push(oracleCharge(coin, Math.abs(quantity), coin.perpConfidence, coin.oracle.perpThreshold));
    }
    for (const own of expiries) {
      const { coin, confidence } = own[0]!.rule;
      found.push(oracleCharge(coin, sizeOf(own), confidence, coin.oracle.optionThreshold));
    }
    for (const own of grouped([...perpetuals, ...options], ({ rule }) => rule.coin)) {
      found.push(depegCharge(book, own[0]!.rule.coin, sizeOf(own)));
    }
  }
  for (const balance of held(book, holdings, 'base')) found.push(...collateralCharges(book, balance, line));
  return found.filter(({ amount }) => amount !== 0n);
}

/** Perpetuals held either way and options sold, coins. */
function sizeOf(own: readonly (Position<'option'> | Position<'perpetual'>)[]): number {
  return own.reduce((sum, { rule, quantity }) => {
    return sum + (rule.kind === 'perpetual' ? Math.abs(quantity) : Math.max(0, -quantity));
  }, 0);
}

function depegCharge({ stable, given }: SrmBook, { name, spot, depeg }: SrmCoin, size: number): Charge {
  const { threshold, depegFactor: factor } = given.depegParams;
  return charge('srm-depeg', name, size * depeg, { stable, threshold, factor, spot, size });
}
