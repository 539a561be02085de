// What a journal says of the words it is written in.

/** Version of inputs and facts. Raised when a reader of before would misread; the journal upgrades older entries as it reads them. */
export const SCHEMA = 1;
