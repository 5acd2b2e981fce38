// A page that asks the same again and again calls itself live: so long an answer may take, and not the time that
// a customer's call has. Where none comes the page says so, and asks on.
export const answerMs = 4_000;
