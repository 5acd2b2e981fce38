/**
 * The methods of the client by their arguments, in the way of Node's typed events, so that the
 * compiler knows what may be sent: `{ said: [name: string, text: string] }`.
 */
export type ClientMethods<Client> = Record<keyof Client, readonly unknown[]>;

/** A client of which the compiler knows nothing. */
export type AnyClient = Record<string, readonly unknown[]>;

export type TargetOf<Client> = keyof Client & string;
