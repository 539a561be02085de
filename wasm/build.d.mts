/** The bytes that `assembly/` gives. */
export function compile(): Promise<Uint8Array>;
/** The source text that carries some bytes. */
export function textOf(bytes: Uint8Array): string;
