/** What a field holds; it decides which operators and values it takes. */
export type FieldType =
  'keyword' | 'text' | 'number' | 'money' | 'date' | 'instant' | 'boolean' | 'set' | 'user' | 'place' | 'period';

/** Where a value lives. */
export interface Location {
  /** Dotted path in the subject that the matcher is given (an event's data). Written by developers, never by users. */
  readonly path: string;
  /** SQL expression of the column, with the alias of the target's query. Written by developers, never by users. */
  readonly column: string;
  /** SQL of the value before the event, where rows are events; without it only events in memory tell what changed. */
  readonly earlier?: Earlier;
}

/** The earlier value of a field in SQL. */
export interface Earlier {
  /** Of the type of the field's column; NULL where the event does not tell it. */
  readonly column: string;
  /** True where the event tells the earlier value, be it null. */
  readonly told: string;
}

/** A value that completion offers. */
export interface KnownValue {
  readonly value: string;
  readonly title?: string;
  /** Other spellings that mean it. */
  readonly synonyms?: readonly string[];
}

interface Described {
  /** Lower case; what a person writes before the operator. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly synonyms?: readonly string[];
}

/**
 * A word from a vocabulary. Stored values are folded (or lower-case ASCII to begin with), and filter values are folded
 * before they are compared, so `cabin:Business` finds `business`.
 */
export interface KeywordField extends Described {
  readonly type: 'keyword';
  readonly at: Location;
  readonly values?: readonly KnownValue[];
  /** True: only `values` exist, and any other value is an error. */
  readonly closed?: boolean;
  /** The column is a uuid; values must be whole uuids. */
  readonly uuid?: boolean;
  /** The column holds the uuids as lower-case text, as JSON does. */
  readonly asText?: boolean;
}

/** The kind of event; rows of the target count as events of `rowType`. */
export interface EventTypeField extends Described {
  readonly type: 'keyword';
  readonly rowType: string;
  readonly values?: readonly KnownValue[];
}

/** Running text; `at` is its folded form. */
export interface TextField extends Described {
  readonly type: 'text';
  readonly at: Location;
}

export interface NumberField extends Described {
  readonly type: 'number';
  readonly at: Location;
  /** The column's precision: values are compared as the database holds them. */
  readonly precision: 'integer' | 'real' | 'double';
}

/** Integer minor units beside an ISO 4217 code. */
export interface MoneyField extends Described {
  readonly type: 'money';
  readonly amount: Location;
  readonly currency: Location;
}

/** A calendar day: `date` in SQL, `YYYY-MM-DD` in a subject. */
export interface DateField extends Described {
  readonly type: 'date';
  readonly at: Location;
}

/** A moment: `timestamptz` in SQL; RFC 3339 text, a Date or milliseconds in a subject. Compared by the millisecond. */
export interface InstantField extends Described {
  readonly type: 'instant';
  readonly at: Location;
}

export interface BooleanField extends Described {
  readonly type: 'boolean';
  readonly at: Location;
}

/** Several folded words: `text[]` in SQL, an array in a subject. */
export interface SetField extends Described {
  readonly type: 'set';
  readonly at: Location;
  readonly values?: readonly KnownValue[];
  readonly closed?: boolean;
}

/** One person or several, by id; `me` is the filter's owner. */
export interface UserField extends Described {
  readonly type: 'user';
  readonly at: Location;
  /** True: `uuid[]` in SQL and an array in a subject; else `uuid` and text. */
  readonly many?: boolean;
  /** The column holds the ids as lower-case text, as JSON does. */
  readonly asText?: boolean;
}

/** Keys of places, each with those of all places that contain it: `text[]` in SQL, an array in a subject. */
export interface PlaceField extends Described {
  readonly type: 'place';
  readonly at: Location;
}

/** A stretch of days, `to` exclusive; a term is true when it overlaps the period that the value names. */
export interface PeriodField extends Described {
  readonly type: 'period';
  readonly from: Location;
  readonly to: Location;
}

export type Field =
  | KeywordField
  | EventTypeField
  | TextField
  | NumberField
  | MoneyField
  | DateField
  | InstantField
  | BooleanField
  | SetField
  | UserField
  | PlaceField
  | PeriodField;

/** What a target tells the filter language about itself. */
export interface TargetDescription {
  /** The target's name, for error sentences: "deals". */
  readonly target: string;
  readonly fields: readonly Field[];
  /** The stored words of a subject, which bare words are looked up in. */
  readonly words?: Location;
  /**
   * Events of this target tell earlier values: the path of the object that holds them, laid out as the subject itself.
   * Without it `changed:` and `was.` are refused.
   */
  readonly before?: string;
  /** Names of the fields whose earlier values events tell; any field when absent. */
  readonly remembered?: readonly string[];
}

/** The fields of one target, found by name or synonym without regard to case. */
export class FieldCatalogue {
  readonly target: string;
  readonly fields: readonly Field[];
  readonly words: Location | undefined;
  readonly before: string | undefined;
  private readonly remembered: ReadonlySet<string> | undefined;
  private readonly byName = new Map<string, Field>();

  /** @throws Error when two fields claim one name, or a name cannot be written in a filter: a fault of the developer. */
  constructor(private readonly description: TargetDescription) {
    this.target = description.target;
    this.fields = description.fields;
    this.words = description.words;
    this.before = description.before;
    this.remembered = description.remembered && new Set(description.remembered);
    for (const field of description.fields) {
      for (const name of [field.name, ...(field.synonyms ?? [])]) this.claim(name, field);
    }
  }

  /** The field of this name or synonym. */
  find(name: string): Field | undefined {
    return this.byName.get(name.toLowerCase());
  }

  /** Whether `changed:` and `was.` may be asked of a field. An event's own kind never was another. */
  remembers(field: Field): boolean {
    return this.before !== undefined && !('rowType' in field) && (this.remembered?.has(field.name) ?? true);
  }

  /** The same fields, of which some have these values to offer: ids, with the names of what they mean. */
  knowing(values: Readonly<Record<string, readonly KnownValue[]>>): FieldCatalogue {
    const fields = this.fields.map((field) => {
      const known = values[field.name];
      return known && (field.type === 'keyword' || field.type === 'set') ? { ...field, values: known } : field;
    });
    return new FieldCatalogue({ ...this.description, fields });
  }

  /** Every name and synonym. */
  names(): string[] {
    return [...this.byName.keys()];
  }

  private claim(name: string, field: Field): void {
    if (!/^[a-z][a-z0-9_-]*$/.test(name) || name === 'changed' || name === 'was') {
      throw new Error(`${this.target}: "${name}" cannot be a field's name`);
    }
    if (this.byName.has(name)) throw new Error(`${this.target}: two fields are called "${name}"`);
    this.byName.set(name, field);
  }
}
