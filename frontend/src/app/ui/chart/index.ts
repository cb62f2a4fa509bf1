export { Chart } from './chart';
export type { ChartData, ChartKind, Series } from './chart-data';
