// Where the provider sends the browser back to; both have to be registered there.
export const addresses = { signedIn: '/signed-in', signedOut: '/signed-out' } as const;
