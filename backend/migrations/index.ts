import type { Migration } from '@mikro-orm/migrations';

/** Every migration, in the order they apply. A new one goes at the end; one that has landed never changes. */
export const migrations: (new (...args: ConstructorParameters<typeof Migration>) => Migration)[] = [];
