/** Thrown once a diagnostic has been reported: the statement is given up, the rest of the function goes on. */
export class Refused extends Error {}

/** Thrown where code has to be part of the program's own function: what is lowered as another is inlined instead. */
export class NotSeparable extends Error {}
