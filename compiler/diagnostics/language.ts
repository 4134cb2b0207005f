/** Diagnostics about what the language has not, and what to write instead: 1300 to 1599. */
import { error } from './diagnostic.js';

void error;
export {};
