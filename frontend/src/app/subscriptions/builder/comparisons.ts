import { type Condition, type Field, type FieldType, operatorsOf, type Operator } from '#contract/filter/index.js';

/** How a field can be compared, as a form offers it. */
export interface Comparison {
  readonly operator: Operator;
  readonly not: boolean;
  readonly title: string;
}

/** The comparisons that a form offers for a field, bare words without one; the one that stands there among them. */
export function comparisonsOf(field: Field | undefined, now: Condition): Comparison[] {
  const offered = offeredFor(field?.type ?? 'text', field === undefined);
  if (offered.some((one) => one.operator === now.operator && one.not === now.not)) return offered;
  return [...offered, { operator: now.operator, not: now.not, title: `${now.not ? '-' : ''}${now.operator}` }];
}

function offeredFor(type: FieldType, bare: boolean): Comparison[] {
  if (type === 'text') {
    const contains: Comparison[] = [
      { operator: ':', not: false, title: $localize`contains` },
      { operator: ':', not: true, title: $localize`does not contain` },
    ];
    return bare ? contains : [...contains, { operator: '=', not: false, title: $localize`is exactly` }];
  }
  const is: Comparison[] = [
    { operator: ':', not: false, title: $localize`is` },
    { operator: ':', not: true, title: $localize`is not` },
  ];
  if (!operatorsOf(type).includes('<')) return is;
  const dated = type === 'date' || type === 'instant' || type === 'period';
  return [
    { operator: '<=', not: false, title: dated ? $localize`until` : $localize`at most` },
    { operator: '<', not: false, title: dated ? $localize`before` : $localize`less than` },
    { operator: '>=', not: false, title: dated ? $localize`from` : $localize`at least` },
    { operator: '>', not: false, title: dated ? $localize`after` : $localize`more than` },
    ...is,
  ];
}

/** What a value of a type looks like. */
export function exampleOf(type: FieldType): string {
  const examples: Partial<Record<FieldType, string>> = {
    place: 'New York, LIS',
    money: '400',
    number: '10',
    date: '7d',
    instant: '-7d',
    period: '2027-03..2027-05',
    user: 'me',
  };
  return examples[type] ?? '';
}

/** What a line for a field begins with. */
export function lineFor(field: Field | undefined): Condition {
  const [first] = offeredFor(field?.type ?? 'text', field === undefined);
  return {
    field: field?.name ?? '',
    operator: first?.operator ?? ':',
    not: false,
    value: field?.type === 'boolean' ? 'true' : '',
  };
}
