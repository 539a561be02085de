// Laws run on a fixed seed, so that a commit that passed passes again; PLIMSOLL_SEED=random (or a number) looks further.

import fc from 'fast-check';

const word = process.env['PLIMSOLL_SEED'] ?? '20261126';
if (word !== 'random') fc.configureGlobal({ seed: Number.parseInt(word, 10) });
