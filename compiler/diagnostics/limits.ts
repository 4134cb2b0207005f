/** Diagnostics about what the kernel would refuse: 1600 to 1799. */
import { error } from './diagnostic.js';

void error;
export {};
