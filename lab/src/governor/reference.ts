// What the design study found by the same rules on other bars: daily ones of a composite index, June 2017 to November 2025, 3,090 days.

/** Mean level in percent, peak to trough, largest rise in a day and in five in percent, shortfall: by the names of our own rows. */
export const STUDY: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  'static 15 %': [15.0, 1, 0, 0, 1.06],
  'HS, 1000 days': [13.9, 1.65, 7, 9, 1.26],
  'FHS, lambda 0.94': [13.4, 10.8, 280, 370, 1.17],
  'FHS, lambda 0.97': [12.9, 6.4, 193, 231, 1.23],
  'FHS, lambda 0.99': [13.6, 4.0, 81, 87, 1.08],
  'asymmetric EWMA 0.94 / 0.99': [13.1, 4.9, 154, 176, 1.26],
  'floor: max(FHS 0.97, long run)': [15.9, 2.5, 136, 138, 0.58],
  '25 % stress weight on FHS 0.97': [16.3, 3.1, 120, 131, 0.52],
  '25 % buffer on FHS 0.97': [14.9, 5.1, 135, 165, 0.86],
  'governor, pi 0.5': [15.1, 2.6, 15, 59, 0.83],
  'governor, pi 0.75': [15.6, 4.0, 22, 98, 0.75],
};
