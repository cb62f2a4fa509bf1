import { FieldCatalogue, type Field, type KnownValue, type Location } from '../../fields.js';

/** How fields of lists are written in short: rows alone are asked, no events. */
interface About {
  /** SQL of the value. */
  readonly column: string;
  readonly description: string;
  readonly synonyms?: readonly string[];
}

const title = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
const at = (path: string, column: string): Location => ({ path, column });
const described = (name: string, { description, synonyms }: About) => ({
  name,
  title: title(name),
  description,
  ...(synonyms && { synonyms }),
});

/** The fields of one kind of list, in the order in which completion shows them. */
export class ListFields {
  private readonly fields: Field[] = [];

  private constructor(private readonly target: string) {}

  /** @param target for people, in the plural: "members" */
  static of(target: string): ListFields {
    return new ListFields(target);
  }

  /** A word of a vocabulary; with `values` no other exists. */
  word(name: string, about: About & { values?: readonly string[] }): this {
    const values = about.values?.map((value): KnownValue => ({ value }));
    const closed = values ? { values, closed: true } : {};
    this.fields.push({ ...described(name, about), type: 'keyword', at: at(name, about.column), ...closed });
    return this;
  }

  id(name: string, about: About): this {
    this.fields.push({ ...described(name, about), type: 'keyword', uuid: true, at: at(name, about.column) });
    return this;
  }

  person(name: string, about: About): this {
    this.fields.push({ ...described(name, about), type: 'user', at: at(name, about.column) });
    return this;
  }

  /** Text as people wrote it: the database folds it (`folded`), as lists of names are short. */
  text(name: string, about: About): this {
    this.fields.push({ ...described(name, about), type: 'text', at: at(name, `folded(${about.column})`) });
    return this;
  }

  flag(name: string, about: About): this {
    this.fields.push({ ...described(name, about), type: 'boolean', at: at(name, about.column) });
    return this;
  }

  count(name: string, about: About): this {
    const { column } = about;
    this.fields.push({ ...described(name, about), type: 'number', precision: 'integer', at: at(name, column) });
    return this;
  }

  instant(name: string, about: About): this {
    this.fields.push({ ...described(name, about), type: 'instant', at: at(name, about.column) });
    return this;
  }

  set(name: string, about: About): this {
    this.fields.push({ ...described(name, about), type: 'set', at: at(name, about.column) });
    return this;
  }

  build(): FieldCatalogue {
    return new FieldCatalogue({ target: this.target, fields: this.fields });
  }
}
