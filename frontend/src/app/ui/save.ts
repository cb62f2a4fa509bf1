/** Hands a text to the browser as a file to keep. */
export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text]));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The download has begun by then; an address that nobody frees keeps the text in memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
