export type { Entry, Head, Journal, JournalRecord, Snapshot } from './journal/contract.ts';
