import { activityFields, dealFields, type FieldCatalogue } from '#contract/filter/index.js';

const CATALOGUES: Readonly<Record<string, FieldCatalogue>> = { deal: dealFields, activity: activityFields };

/** The fields that filters over a target may name. */
export function catalogueOf(target: string): FieldCatalogue {
  return CATALOGUES[target] ?? activityFields;
}

/** Fields whose figures a rule may watch. */
export function figuresOf(target: string): { readonly name: string; readonly title: string }[] {
  return catalogueOf(target).fields.filter(({ type }) => type === 'number' || type === 'money');
}
