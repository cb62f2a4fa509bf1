/** Grows when the parser reads mails differently enough that the stored ones should be read again. */
export const PARSER_VERSION = 2;
