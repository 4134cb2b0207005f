/** `node --import tsbpf/register app.ts`: from here on, TypeScript files load compiled. */
import { register } from 'node:module';
import { explainUncaught } from '../../cli/uncaught.js';

register('./hooks.js', import.meta.url);
// Stack traces of user space show the lines of the TypeScript files.
process.setSourceMapsEnabled(true);
explainUncaught();
