import { minorDigits, type FieldCatalogue, type Rates, type Subject } from '#contract/filter/index.js';

/** Takes a figure out of a subject: a number as it is, money in the common unit of the rates. */
export type Measure = (subject: Subject) => number | undefined;

/** How a field of a catalogue is read as a figure; undefined when it holds neither a number nor money. */
export function measureOf(catalogue: FieldCatalogue, name: string, rates: Rates): Measure | undefined {
  const field = catalogue.find(name);
  if (field?.type === 'number') return (subject) => figure(at(subject, field.at.path));
  if (field?.type !== 'money') return undefined;
  return (subject) => {
    const minor = figure(at(subject, field.amount.path));
    const currency = at(subject, field.currency.path);
    if (minor === undefined || typeof currency !== 'string') return undefined;
    const rate = rates.get(currency);
    return rate === undefined ? undefined : (minor / 10 ** minorDigits(currency)) * rate;
  };
}

/** Whether a field's figures are money, which a person states in their own currency. */
export function isMoney(catalogue: FieldCatalogue, name: string): boolean {
  return catalogue.find(name)?.type === 'money';
}

function at(subject: Subject, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? (value as Subject)[key] : undefined),
      subject,
    );
}

function figure(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
