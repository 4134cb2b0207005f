/** Diagnostics about the back end and the machine: 1800 to 1999. */
import { error } from './diagnostic.js';

void error;
export {};
