export { Evaluator, type EvaluatorInput } from './evaluator.js';
export type { Bindings, Evaluation } from './model.js';
export { render } from './render.js';
