export { Ago } from './ago';
export { Clock } from './clock';
export { EmptyState } from './empty-state';
export { MoneyPipe } from './money';
export { Page } from './page';
export { Paged, type PageOf } from './paged';
export { ProblemNote } from './problem-note';
export { Skeleton } from './skeleton';
export { Toasts, ToastStack, type Toast } from './toasts';
