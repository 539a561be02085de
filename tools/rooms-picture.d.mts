/** The picture of core's rooms as a Mermaid flow chart. */
export declare function roomsPicture(): string;
