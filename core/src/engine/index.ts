export { SCHEMA } from './schema.ts';
