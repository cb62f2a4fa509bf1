import pg from 'pg';

/**
 * One PostgreSQL connection of our own, made when it is needed and made again after it was lost. It never throws by
 * itself: a lost connection shows in the next query.
 */
export class DirectConnection {
  private current?: pg.Client;
  private connecting?: Promise<pg.Client>;

  /**
   * @param options connection parameters of `pg`
   * @param prepare runs once on every new connection, before anybody else uses it
   * @param lost is called when an open connection breaks
   */
  constructor(
    private readonly options: pg.ClientConfig,
    private readonly prepare: (client: pg.Client) => Promise<void> = async () => undefined,
    private readonly lost: () => void = () => undefined,
  ) {}

  /** The open connection, or a new one. @throws what `pg` throws when the server cannot be reached */
  async client(): Promise<pg.Client> {
    if (this.current) return this.current;
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  /** Forgets the connection, whatever it is doing. The server rolls back what was open. */
  async drop(): Promise<void> {
    const client = this.current;
    this.current = undefined;
    await client?.end().catch(() => undefined); // A broken connection cannot say goodbye.
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client(this.options);
    const forget = () => {
      if (this.current !== client) return;
      this.current = undefined;
      this.lost();
    };
    client.on('error', forget);
    client.on('end', forget);
    try {
      await client.connect();
      await this.prepare(client);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.current = client;
    return client;
  }
}
