export { FormField } from './form-field';
export { FormProblem } from './form-problem';
export { send, sending, type Sending } from './send';
