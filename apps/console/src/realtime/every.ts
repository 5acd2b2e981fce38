/** How often the hub is asked while somebody looks. */
export const everyMs = 2_000;
/** A question that is not answered in this time has failed: what stands there is not called live any longer. */
export const answerMs = 4_000;
