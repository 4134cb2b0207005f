export { ts } from '@ts-morph/bootstrap';
