// Before every test file: the same laws and the same words everywhere.

import fc from 'fast-check';

// Laws run on a fixed seed, so that a commit that passed passes again; PLIMSOLL_SEED=random (or a number) looks further.
const word = process.env['PLIMSOLL_SEED'] ?? '20261126';
if (word !== 'random') fc.configureGlobal({ seed: Number.parseInt(word, 10) });

// The config sets NO_COLOR; where FORCE_COLOR stands beside it, Node warns in every program that a test starts.
delete process.env['FORCE_COLOR'];
