// What is made of a market: risk arrays, greeks in columns, and the fit of a whole chain; TypeScript, WebAssembly and peers in one run.

import { fillRows, fitMarket, type Lane, type RowMethod, withExpiries } from '@plimsoll/core';
import { fillCoinGreeks, fillGreeks } from '@plimsoll/core/kernel';
import { kernelGreeks, kernelRows, openKernel } from '@plimsoll/wasm';
import { type Bench, bestOf, medianOf, ratioOf, type Suite } from './bench.ts';
import { greekRoom, optionColumns } from './columns.ts';
import { compiledPeer, pythonPeer } from './peers.ts';
import { bookOf, flatLanes, sure, type Venue, venue } from './venue.ts';

const LANES = 64;
const OPTIONS = 2_000;

/** Lanes whose vols move with the forward, so that every forward reads its own. */
function followingLanes(): Lane[] {
  return flatLanes(LANES).map((lane) => ({ ...lane, smile: 'sticky-moneyness' }));
}

/** Risk arrays of 2,000 options: lanes whose vols stay at their strikes, lanes whose vols move with the forward, and a market that is new each time. */
const rowsSuite: Suite = {
  name: 'rows',
  async benches() {
    const place = venue();
    const { fill } = sure(kernelRows(sure(await openKernel())));
    return [
      ...rowsOf(place, fill, `${OPTIONS} x ${LANES}`, flatLanes(LANES)),
      ...rowsOf(place, fill, 'smiles that follow', followingLanes()),
      ...rowsOf(place, fill, 'new market', flatLanes(LANES), true),
    ];
  },
  peers: async () => [
    compiledPeer('QuantLib blackFormula', 'M/s', 'rows.cpp', ['-lQuantLib'], []),
    compiledPeer('C, one thread, AVX-512', 'M/s', 'rows.c', ['-lm'], []),
    pythonPeer('numpy + scipy ndtr', 'M/s', 'rows.py', []),
  ],
  ratios: (results, peers) => [
    ...ratioOf(
      'WebAssembly over TypeScript',
      medianOf(results, 'WebAssembly'),
      medianOf(results, 'TypeScript'),
    ),
    ...ratioOf('WebAssembly over QuantLib', bestOf(results, 'WebAssembly'), bestOf(peers, 'QuantLib')),
    ...ratioOf('WebAssembly over C with AVX-512', bestOf(results, 'WebAssembly'), bestOf(peers, 'C, one')),
    ...ratioOf('WebAssembly over numpy', bestOf(results, 'WebAssembly'), bestOf(peers, 'numpy')),
    ...ratioOf(
      'the same, smiles that follow, over QuantLib',
      bestOf(results, 'WebAssembly, smiles'),
      bestOf(peers, 'QuantLib'),
    ),
  ],
};

/** Both bodies on some lanes. Lanes are kept with the coin they shift, so a coin that is another object is shifted anew. */
function rowsOf(
  place: Venue,
  kernel: RowMethod['fill'],
  name: string,
  lanes: Lane[],
  isNew = false,
): Bench[] {
  const { risk } = bookOf(place, lanes);
  const { products, shocks, stride, laneCount } = risk;
  const known = withExpiries(place.market, products);
  const market = () =>
    isNew ? { ...known, underlyings: known.underlyings.map((coin) => ({ ...coin })) } : known;
  const rows = new Float64Array(risk.rows.length);
  const work = products.length * laneCount;
  const one = (body: string, fill: RowMethod['fill']): Bench => ({
    ...{ name: `${body}, ${name}`, unit: 'M/s', work },
    run: () => fill(products, market(), shocks, stride, rows).size + rows[0]! + rows[work >> 1]!,
  });
  return [one('TypeScript', fillRows), one('WebAssembly', kernel)];
}

/** Prices with their first and second greeks, in columns. */
const greeksSuite: Suite = {
  name: 'greeks',
  async benches() {
    const kernel = sure(kernelGreeks(sure(await openKernel())));
    const options = optionColumns(OPTIONS);
    const out = greekRoom(OPTIONS);
    const one = (name: string, fill: () => void): Bench => ({
      ...{ name, unit: 'ns', work: OPTIONS },
      run: () => {
        fill();
        return out.value[0]! + out.vega[OPTIONS >> 1]! + out.theta[OPTIONS - 1]!;
      },
    });
    return [
      one('TypeScript, fillGreeks', () => fillGreeks(options, OPTIONS, out)),
      one('WebAssembly, fillGreeks', () => kernel.fillGreeks(options, OPTIONS, out)),
      one('TypeScript, fillCoinGreeks', () => fillCoinGreeks(options, OPTIONS, out)),
      one('WebAssembly, fillCoinGreeks', () => kernel.fillCoinGreeks(options, OPTIONS, out)),
    ];
  },
  peers: async () => [compiledPeer('QuantLib BlackCalculator', 'ns', 'greeks.cpp', ['-lQuantLib'], [])],
  ratios: (results, peers) => [
    ...ratioOf(
      'TypeScript over WebAssembly',
      medianOf(results, 'TypeScript, fillGreeks'),
      medianOf(results, 'WebAssembly, fillGreeks'),
    ),
    ...ratioOf(
      'QuantLib over WebAssembly',
      bestOf(peers, 'QuantLib'),
      bestOf(results, 'WebAssembly, fillGreeks'),
    ),
    ...ratioOf(
      'QuantLib over TypeScript',
      bestOf(peers, 'QuantLib'),
      bestOf(results, 'TypeScript, fillGreeks'),
    ),
  ],
};

/** The fit of the whole chain that the made-up venue quotes. */
const fitSuite: Suite = {
  name: 'fit',
  benches() {
    const { snapshot, market } = venue();
    const slices = market.underlyings.reduce((sum, underlying) => sum + underlying.slices.length, 0);
    const quotes = snapshot.options.length;
    const fit = () => sure(fitMarket(snapshot)).underlyings[0]!.slices[0]!.forward;
    return [
      { name: `chain of ${quotes} quotes, ${slices} slices`, unit: 'ms', work: 1, rounds: 15, run: fit },
      { name: 'the same, per slice', unit: 'ms', work: slices, rounds: 15, run: fit },
      { name: 'the same, per quote', unit: 'ns', work: quotes, rounds: 15, run: fit },
    ];
  },
  ratios: () => [],
};

export const arraySuites: readonly Suite[] = [rowsSuite, greeksSuite, fitSuite];
