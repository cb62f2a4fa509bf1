import { z } from 'zod';

/** One setting: the environment variable it is read from and the schema that validates its text. */
export interface Setting<S extends z.ZodType = z.ZodType> {
  readonly variable: string;
  readonly schema: S;
  readonly about: string;
  readonly secret: boolean;
}

type Values<T extends Record<string, Setting>> = { readonly [K in keyof T]: z.infer<T[K]['schema']> };

/** A room's typed configuration: a class whose instances carry one validated, read-only value per setting. */
export interface ConfigClass<T extends Record<string, Setting> = Record<string, Setting>> {
  new (values: Values<T>): Values<T>;
  readonly room: string;
  readonly settings: T;
}

const registered = new Map<string, { base: ConfigClass; config?: ConfigClass }>();

/** Declares one setting. `about` is the sentence that the settings page of the documentation shows. */
export function setting<S extends z.ZodType>(variable: string, schema: S, about: string, secret = false): Setting<S> {
  return { variable, schema, about, secret };
}

/**
 * Makes the base class of a room's configuration and registers it, so that every fault of every room is found at start.
 *
 * @example @Config class DealsConfig extends configClass('deals', { smtpInPort: setting('SIGNALBOX_SMTP_IN_PORT', port(2525), '…') }) {}
 * @throws Error when two rooms share a name or two settings share a variable
 */
export function configClass<T extends Record<string, Setting>>(room: string, settings: T): ConfigClass<T> {
  if (registered.has(room)) throw new Error(`Two configurations are named "${room}".`);
  const taken = new Set(configClasses().flatMap((c) => Object.values(c.settings).map((s) => s.variable)));
  const twice = Object.values(settings).find((s) => taken.has(s.variable));
  if (twice) throw new Error(`The setting ${twice.variable} is declared by two rooms.`);
  class Base {
    static readonly room = room;
    static readonly settings = settings;
    constructor(values: Values<T>) {
      Object.assign(this, values);
    }
  }
  const made = Base as unknown as ConfigClass<T>;
  registered.set(room, { base: made as unknown as ConfigClass });
  return made;
}

/**
 * Makes a configuration injectable by its class: JavaScript does not tell a base class who extends it, so each
 * configuration says so itself.
 */
export function Config(config: { readonly room: string }): void {
  const entry = registered.get(config.room);
  if (entry) entry.config = config as ConfigClass;
}

/** Every configuration declared so far, in the order of declaration. */
export function configClasses(): ConfigClass[] {
  return [...registered.values()].map(({ base, config }) => config ?? base);
}

/** @throws Error naming a configuration whose class lacks `@Config` and so could not be injected */
export function checkDeclared(): void {
  for (const [room, { config }] of registered)
    if (!config) throw new Error(`The configuration "${room}" cannot be injected: write @Config above its class.`);
}

/** All faults of the environment at once: one line a setting, naming the variable and what would be right. */
export class InvalidSettings extends Error {
  constructor(readonly faults: string[]) {
    super(`${faults.length === 1 ? 'A setting is' : `${faults.length} settings are`} wrong:\n  ${faults.join('\n  ')}`);
  }
}

/**
 * Reads one configuration from an environment. An empty variable counts as absent.
 *
 * @throws InvalidSettings with every fault of this configuration
 */
export function readConfig<T extends Record<string, Setting>, I>(
  config: { new (values: Values<T>): I; readonly settings: T },
  env: Record<string, string | undefined>,
): I {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { variable, schema, about }] of Object.entries<Setting>(config.settings)) {
    const text = env[variable]?.trim() || undefined;
    const parsed = schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else faults.push(`${variable}: ${parsed.error.issues[0]?.message ?? 'invalid'} (${about})`);
  }
  if (faults.length > 0) throw new InvalidSettings(faults);
  return new config(values as Values<T>);
}

/**
 * Checks the environment against every registered configuration and reports all faults together.
 *
 * @throws InvalidSettings naming each wrong variable, and each unknown one that begins with SIGNALBOX_
 */
export function checkEnvironment(env: Record<string, string | undefined>): void {
  const faults: string[] = [];
  const known = new Set(configClasses().flatMap((c) => Object.values(c.settings).map((s) => s.variable)));
  for (const config of configClasses()) {
    try {
      readConfig(config, env);
    } catch (error) {
      if (!(error instanceof InvalidSettings)) throw error;
      faults.push(...error.faults);
    }
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith('SIGNALBOX_') && !name.startsWith('SIGNALBOX_TEST_') && !known.has(name))
      faults.push(`${name}: there is no such setting (docs/settings.md lists them)`);
  }
  if (faults.length > 0) throw new InvalidSettings(faults);
}
