/** Diagnostics about constants that are known at build or at load: 1200 to 1299. */
import { error } from './diagnostic.js';

void error;
export {};
