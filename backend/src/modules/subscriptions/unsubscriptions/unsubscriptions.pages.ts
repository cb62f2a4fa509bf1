// Two plain pages without script or style of their own: they must work from any mail program, and under the strict CSP.

function pageOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${title}</title>
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      ${body}
    </main>
  </body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Asks before it ends anything. The form posts to the page's own address. */
export function askPage(): string {
  return pageOf(
    'Stop these alerts?',
    '<p>You can resume them any time in your subscriptions.</p><form method="post"><button>Stop these alerts</button></form>',
  );
}

/** Says what was done. @param name the subscription's, or undefined when it is gone already */
export function donePage(name: string | undefined): string {
  const what = name === undefined ? 'This subscription' : `Your subscription “${escaped(name)}”`;
  return pageOf('Done', `<p>${what} sends you no more mail.</p>`);
}
