/** Thrown once a diagnostic has been reported: the statement is given up, the rest of the function goes on. */
export class Refused extends Error {}
