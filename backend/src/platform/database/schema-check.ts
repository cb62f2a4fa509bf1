import type { MikroORM } from './orm.js';
import { query } from './sql.js';

interface Column {
  table_name: string;
  column_name: string;
  type: string;
  nullable: boolean;
}

/** PostgreSQL's own names for the types that entities may call otherwise. */
const SAME: Record<string, string> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  float4: 'real',
  float: 'real',
  double: 'double precision',
  float8: 'double precision',
  timestamptz: 'timestamp with time zone',
  varchar: 'character varying',
};

function canonical(type: string): string {
  const plain = type
    .toLowerCase()
    .replace(/\((?:\d+,? ?)+\)/g, '')
    .trim();
  const [element, array] = plain.endsWith('[]') ? [plain.slice(0, -2), '[]'] : [plain, ''];
  return (SAME[element] ?? element) + array;
}

/**
 * Compares every column that an entity maps with the migrated database: it must exist, with the same type, and be
 * nullable where the entity is. Columns that no entity maps are nobody's fault: foreign keys, indexes and columns for
 * hot reads stand in migrations only.
 *
 * @returns one sentence a difference; none when entities and migrations agree
 */
export async function schemaDifferences(orm: MikroORM): Promise<string[]> {
  const columns = await query<Column>(
    orm.em.fork(),
    `select c.relname as table_name, a.attname as column_name, format_type(a.atttypid, null) as type,
            not a.attnotnull as nullable
       from pg_attribute a
       join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
       join pg_namespace n on n.oid = c.relnamespace and n.nspname = current_schema()
      where a.attnum > 0 and not a.attisdropped`,
  );
  const found = new Map(columns.map((c) => [`${c.table_name}.${c.column_name}`, c]));
  const faults: string[] = [];
  for (const meta of orm.getMetadata().getAll().values()) {
    if (meta.abstract || meta.virtual || meta.embeddable) continue;
    for (const property of meta.props) {
      if (property.persist === false) continue;
      property.fieldNames?.forEach((field, i) => {
        const name = `${meta.tableName}.${field}`;
        const column = found.get(name);
        const wanted = canonical(property.columnTypes[i] ?? '');
        if (!column) faults.push(`${name} is mapped by ${meta.className} but no migration makes it.`);
        else if (canonical(column.type) !== wanted)
          faults.push(`${name} is ${canonical(column.type)} in the database and ${wanted} in ${meta.className}.`);
        else if (column.nullable !== Boolean(property.nullable))
          faults.push(`${name} may ${column.nullable ? '' : 'not '}be null, which ${meta.className} contradicts.`);
      });
    }
  }
  return faults;
}
