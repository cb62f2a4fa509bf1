import { createHash } from 'node:crypto';
import { accepted, type Language } from '#platform/language/index.js';
import type { RefusalPage } from '#platform/http/index.js';
import { unsubscriptionWords } from './unsubscription-words.js';

// Plain pages without script: they must work from any mail program. They look like the mails that lead here.
const STYLE = `
:root{color-scheme:light dark;--page:#f3f4f6;--sheet:#fff;--line:#e5e7eb;--ink:#16181d;--soft:#5b6270;--accent:#4f46e5;--link:#4f46e5}
@media (prefers-color-scheme:dark){:root{--page:#0c0e12;--sheet:#15181e;--line:#2a2f39;--ink:#eceef2;--soft:#9aa3b2;--accent:#5f57ea;--link:#a5a0ff}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-content:center;justify-items:center;gap:16px;padding:24px 16px;background:var(--page);color:var(--ink);font:16px/24px -apple-system,BlinkMacSystemFont,'Segoe UI',Inter,Roboto,Helvetica,Arial,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif}
main{width:min(440px,calc(100vw - 32px));padding:32px;background:var(--sheet);border:1px solid var(--line);border-radius:14px}
.brand{color:var(--ink);display:flex;align-items:center;gap:8px;margin:0 0 24px;font-size:15px;font-weight:700}
.brand::before{content:'';width:10px;height:10px;border-radius:3px;background:var(--accent)}
h1{margin:0 0 8px;font-size:22px;line-height:30px;letter-spacing:-.3px}
p{margin:0;color:var(--soft);overflow-wrap:anywhere}
form{margin:24px 0 0}
button{width:100%;padding:12px 22px;border:0;border-radius:8px;background:var(--accent);color:#fff;font-family:inherit;font-size:15px;line-height:20px;font-weight:600;cursor:pointer}
button:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
a{color:var(--link)}
.home{margin-top:24px;font-size:14px}
@media (max-width:480px){main{padding:24px 20px}}
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** What browsers let these pages do: show this one style sheet and post the form to where it came from. */
export const PAGE_POLICY = [
  `default-src 'none'`,
  `script-src 'none'`,
  `object-src 'none'`,
  `style-src 'sha256-${STYLE_HASH}'`,
  `img-src 'self'`,
  `form-action 'self'`,
  `base-uri 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const LANGS: Record<Language, string> = { en: 'en', zh: 'zh-Hans' };

function pageOf(language: Language, title: string, body: string): string {
  return `<!doctype html>
<html lang="${LANGS[language]}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${title} · Signalbox</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <p class="brand">Signalbox</p>
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
export function askPage(language: Language): string {
  const { title, text, button } = unsubscriptionWords(language).ask;
  return pageOf(language, title, `<p>${text}</p>\n      <form method="post"><button>${button}</button></form>`);
}

/** Says what was done. @param name the subscription's, or undefined when it is gone already */
export function donePage(language: Language, name: string | undefined): string {
  const { done } = unsubscriptionWords(language);
  const text = name === undefined ? done.gone : done.named(escaped(name));
  return pageOf(language, done.title, `<p>${text}</p>${homeLink(language)}`);
}

/** Instead of these pages: the link is not ours, or it could not be done now. */
function refusedPage(language: Language, status: number): string {
  const { lost, failed } = unsubscriptionWords(language);
  const { title, text } = status < 500 && status !== 429 ? lost : failed;
  return pageOf(language, title, `<p>${text}</p>${homeLink(language)}`);
}

function homeLink(language: Language): string {
  return `\n      <p class="home"><a href="/">${unsubscriptionWords(language).home}</a></p>`;
}

/** The same for whoever asks, in the language that their browser asks for: nobody is known there. */
export const refusalPage: RefusalPage = ({ status }, { headers }) => ({
  html: refusedPage(accepted(headers['accept-language']), status),
  policy: PAGE_POLICY,
});
