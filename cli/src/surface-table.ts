// What `plimsoll surface` prints: tables for people, the same and more as JSON for programs.

import { type ExpiryReport, formatInstant, type Slice, sentence } from '@plimsoll/core';
import colors from 'picocolors';
import { figure, heading, money, remark, say, table } from './output.ts';
import {
  type CoinView,
  type ExpiryView,
  isInside,
  type QuoteView,
  type SurfaceView,
  usedOf,
} from './surface-view.ts';

/** Prints every coin: smiles, where the quotes went, refusals; and every strike when asked. */
export function saySurface(view: SurfaceView, strikes: boolean): void {
  const { market, coins } = view;
  say(`${colors.bold('surface')}  ${formatInstant(market.at)}  ${colors.dim(market.source)}`);
  for (const note of view.notes) remark(`  note: ${note}`);
  for (const coin of coins) {
    sayCoin(coin);
    if (view.observed) sayFates(coin);
    for (const { name, refusal } of coin.refused) {
      say(`  ${colors.yellow(`${name} is not served`)}: ${sentence(refusal)}`);
    }
    if (strikes && view.observed) for (const expiry of coin.expiries) sayQuotes(coin, expiry);
  }
  say();
  say(
    colors.dim(
      '  Vols in points. rr, fly: 25-delta call less put, and their mean less ATM. error: rms of model less mid; half: median half-spread;',
    ),
  );
  say(
    colors.dim(
      '  min g (butterfly) and calendar (variance over the expiry before, 1e-4) are free of arbitrage from 0 up.',
    ),
  );
  if (!view.observed)
    say('  A fitted market holds no quotes: what became of them is shown only with --chain.');
}

function sayCoin({ coin, expiries }: CoinView): void {
  heading(
    `${coin.underlying}  index ${money(coin.index)} ± ${(coin.indexUncertainty * 1e4).toFixed(1)} bp  perpetual ${money(coin.perpetual)}`,
  );
  if (expiries.length === 0) return;
  table(
    [
      'expiry',
      'days',
      'forward',
      'ATM',
      'rr',
      'fly',
      'smile',
      'used',
      'inside',
      'error',
      'half',
      'min g',
      'calendar',
      'confidence',
    ],
    expiries.map((expiry) => {
      const { slice } = expiry;
      const { quality } = slice;
      return [
        expiry.name,
        expiry.days.toFixed(expiry.days < 10 ? 2 : 1),
        money(slice.forward),
        colors.bold(points(expiry.atm)),
        points(expiry.reversal, true),
        points(expiry.butterfly, true),
        quality.source,
        String(quality.quotesUsed),
        expiry.report !== undefined && usedOf(expiry) === 0
          ? '-'
          : `${(quality.insideShare * 100).toFixed(0)} %`,
        points(quality.fitError),
        points(quality.quoteWidth),
        figure(quality.butterflyMin, 2),
        figure(quality.calendarMin * 1e4, 2),
        gauge(quality.confidence),
      ];
    }),
    [0, 6],
  );
}

/** Volatility in points, or a dash where there is none. */
function points(vol: number | undefined, sign = false): string {
  if (vol === undefined) return '-';
  const text = (vol * 100).toFixed(2);
  return sign && !text.startsWith('-') ? `+${text}` : text;
}

const GAUGE_CELLS = 8;

function gauge(share: number): string {
  const full = Math.round(share * GAUGE_CELLS);
  const bar = '■'.repeat(full) + colors.dim('·'.repeat(GAUGE_CELLS - full));
  const paint = share >= 0.8 ? colors.green : share >= 0.5 ? colors.yellow : colors.red;
  return `${paint(bar)} ${share.toFixed(2)}`;
}

/** Fates in the order of a quote's life; the rest of the table is about the forward. */
const FATES = [
  ['quoted', 'used'],
  ['weak', 'weak'],
  ['twin-preferred', 'twin used'],
  ['capped-mark', 'capped mark'],
  ['one-sided', 'one-sided'],
  ['crossed', 'crossed'],
  ['too-wide', 'too wide'],
  ['no-volatility', 'no vol'],
  ['no-forward', 'stale forward'],
] as const;

function sayFates({ expiries, refused }: CoinView): void {
  const known = [...expiries, ...refused].flatMap(({ name, report }) =>
    report === undefined ? [] : [{ name, report }],
  );
  if (known.length === 0) return;
  known.sort((left, right) => left.report.expiry - right.report.expiry);
  // Reasons that occur nowhere would be columns of noughts.
  const fates = FATES.filter(([fate]) => known.some(({ report }) => report.fates.has(fate)));
  say();
  table(
    ['expiry', 'rows', ...fates.map(([, word]) => word), 'forward by', 'parity gap', 'pairs'],
    known.map(({ name, report }) => [
      name,
      String([...report.fates.values()].reduce((sum, rows) => sum + rows, 0)),
      ...fates.map(([fate]) => String(report.fates.get(fate) ?? colors.dim('·'))),
      report.forward?.source ?? '-',
      gapOf(report),
      String(report.forward?.pairs ?? '-'),
    ]),
    [0],
  );
}

function gapOf({ forward }: ExpiryReport): string {
  if (forward === undefined || forward.pairs === 0) return '-';
  const text = `${(forward.gap * 1e4).toFixed(1)} bp`;
  return forward.gap > 0 ? `+${text}` : text;
}

function sayQuotes({ coin }: CoinView, { name, slice, atm, quotes }: ExpiryView): void {
  heading(`${coin.underlying} ${name}  forward ${money(slice.forward)}  ATM ${points(atm)}`);
  const marks = new Map(
    quotes.filter(({ touch }) => touch === undefined).map((mark) => [mark.product, mark]),
  );
  const quoted = new Set(quotes.filter(({ touch }) => touch !== undefined).map(({ product }) => product));
  // Where a quote was dropped, the venue's mark spoke for its strike: one line for both.
  const lines = quotes.filter(({ touch, product }) => touch !== undefined || !quoted.has(product));
  table(
    ['strike', 'ln(K/F)', 'bid', 'mid', 'ask', 'venue mark', 'model', 'error', '', 'quote'],
    lines.map((quote) => [
      quote.strike.toLocaleString('en-US', { maximumFractionDigits: 6 }),
      quote.k.toFixed(3),
      points(quote.touch?.bid),
      quote.touch === undefined ? '-' : points(quote.mid),
      points(quote.touch?.ask),
      points(marks.get(quote.product)?.mid),
      points(quote.model),
      points(quote.model - quote.mid, true),
      verdict(quote),
      quote.touch === undefined ? 'none, mark' : quote.use,
    ]),
    [8, 9],
  );
}

function verdict(quote: QuoteView): string {
  const inside = isInside(quote);
  if (inside === undefined) return '';
  if (inside) return colors.green('inside');
  return quote.use === 'used' ? colors.red('outside') : colors.dim('outside');
}

/** Everything the tables show, unrounded, with SVI parameters. Volatilities are decimals, times ISO 8601. */
export function surfaceJson({ market, observed, coins, notes }: SurfaceView) {
  return {
    at: formatInstant(market.at),
    source: market.source,
    digest: market.digest,
    observed,
    notes,
    underlyings: coins.map(({ coin, expiries, refused }) => ({
      underlying: coin.underlying,
      index: coin.index,
      indexUncertainty: coin.indexUncertainty,
      perpetual: coin.perpetual,
      expiries: expiries.map((expiry) => ({
        name: expiry.name,
        days: expiry.days,
        ...sliceJson(expiry.slice),
        atmVol: expiry.atm,
        riskReversal25: expiry.reversal,
        butterfly25: expiry.butterfly,
        ...reportJson(expiry.report),
        ...(observed ? { quotes: expiry.quotes.map(quoteJson) } : {}),
      })),
      refused: refused.map(({ name, expiry, refusal, report }) => ({
        name,
        expiry: formatInstant(expiry),
        reason: refusal.reason,
        message: sentence(refusal),
        ...reportJson(report),
      })),
    })),
  };
}

function sliceJson({ expiry, years, forward, smileForward, smileYears, smile, deforms, quality }: Slice) {
  const at = formatInstant(expiry);
  return { expiry: at, years, forward, smileForward, smileYears, smile, deforms, quality };
}

function reportJson(report: ExpiryReport | undefined) {
  if (report === undefined) return {};
  const { forward, fates } = report;
  const belief = forward && { source: forward.source, gap: forward.gap, pairs: forward.pairs };
  return { forwardBelief: belief, fates: Object.fromEntries(fates) };
}

function quoteJson(quote: QuoteView) {
  const { product, strike, k, touch, mid, model, use } = quote;
  const inside = isInside(quote);
  return {
    product,
    strike,
    k,
    bidVol: touch?.bid,
    midVol: mid,
    askVol: touch?.ask,
    modelVol: model,
    inside,
    use,
  };
}
