export type { Diagnostic, DiagnosticFactory, Place } from './diagnostic.js';
export { registeredCodes } from './diagnostic.js';
export { diagnosticCode, formatDiagnostics, sortDiagnostics, toRecord, type DiagnosticRecord } from './format.js';
export * from './input.js';
export * from './discover.js';
export * from './evaluate.js';
export * from './language.js';
export * from './limits.js';
export * from './machine.js';
