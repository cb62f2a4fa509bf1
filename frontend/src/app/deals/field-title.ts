/** The field of a deal that words in a message tell, for people. */
export function fieldTitle(field: string): string {
  switch (field) {
    case 'origins':
      return $localize`From`;
    case 'destinations':
      return $localize`To`;
    case 'price':
      return $localize`Price`;
    case 'tripType':
      return $localize`Trip`;
    case 'airlines':
      return $localize`Airlines`;
    case 'travelWindow':
      return $localize`Travel dates`;
    case 'cabin':
      return $localize`Cabin`;
    case 'nonstop':
      return $localize`Stops`;
    case 'bookBy':
      return $localize`Book by`;
    case 'link':
      return $localize`Link`;
    case 'kind':
      return $localize`Kind`;
    default:
      return field;
  }
}
