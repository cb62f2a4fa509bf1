/** Hands a text or a file to the browser to keep. @param name with its ending */
export function save(name: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content]));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The download has begun by then; an address that nobody frees keeps the content in memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
