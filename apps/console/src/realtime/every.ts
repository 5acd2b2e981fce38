/** How often the hub is asked while somebody looks. */
export const everyMs = 2_000;
