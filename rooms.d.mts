export declare const coreRooms: Readonly<Record<string, readonly string[]>>;
export declare const workspaces: Readonly<Record<string, readonly string[]>>;
export declare const packages: Readonly<Record<string, readonly string[]>>;
