/** Diagnostics about programs, maps and shared data: 1100 to 1199. */
import { error } from './diagnostic.js';

void error;
export {};
