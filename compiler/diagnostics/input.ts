/** Diagnostics about files, options and what TypeScript itself reports: 1000 to 1099. */
import { error } from './diagnostic.js';

void error;
export {};
