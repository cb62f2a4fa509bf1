const SHORTEST = 8;
const MASK = '•••';

/** Takes out of an answer what the other side repeats of the headers that an endpoint is sent. */
export class Echo {
  private readonly secrets: string[];

  /** @param values of headers; of `Bearer abc` also `abc` is one. Those below 8 characters are left alone. */
  constructor(values: readonly string[]) {
    const parts = values.flatMap((value) => [value, value.slice(value.indexOf(' ') + 1)]);
    const written = parts.flatMap((part) => [part, JSON.stringify(part).slice(1, -1)]);
    this.secrets = [...new Set(written)].filter(({ length }) => length >= SHORTEST).sort((a, b) => b.length - a.length);
  }

  /** The text with each of them masked, also one that the end of what is kept cuts in two. */
  hide(text: string): string {
    const hidden = this.secrets.reduce((left, secret) => left.replaceAll(secret, MASK), text);
    for (const secret of this.secrets)
      for (let n = secret.length - 1; n >= SHORTEST; n--)
        if (hidden.endsWith(secret.slice(0, n))) return hidden.slice(0, -n) + MASK;
    return hidden;
  }
}
