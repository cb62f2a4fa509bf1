/** The addresses of a text field, by lines or commas. */
export const addressLines = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);
