// The names this room takes from the ORM and its query layer, in one place.
export { CompiledQuery } from 'kysely';
export type { Kysely } from 'kysely';
export { MikroORM, EntityManager } from '@mikro-orm/postgresql';
