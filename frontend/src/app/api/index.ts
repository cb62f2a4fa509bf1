export { memberOf, Problem, problemOf, type FieldError } from './problem';
export { Requests, WITHOUT_TOKEN, type Answer, type Body, type Item, type Operation } from './requests';
export * from './generated/functions';
