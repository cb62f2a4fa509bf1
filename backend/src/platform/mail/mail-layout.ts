// The one look of all mails, as MJML. `{{name}}` is a value, escaped; `{{name|lines}}` keeps its line breaks; what stands
// between `each:name` and `end` is repeated for each entry of a list, or shown once when a value is there. Each
// `block:type` is one kind of block. Colours that change in the dark are set by the classes of the style sheet.

const FONT = `-apple-system, BlinkMacSystemFont, 'Segoe UI', Inter, Roboto, Helvetica, Arial, sans-serif`;
const MONO = `ui-monospace, 'JetBrains Mono', SFMono-Regular, Menlo, Consolas, monospace`;

const light = {
  page: '#f3f4f6',
  sheet: '#ffffff',
  line: '#e5e7eb',
  ink: '#16181d',
  soft: '#5b6270',
  accent: '#4f46e5',
  tint: '#f7f7fb',
};
const dark = {
  page: '#0c0e12',
  sheet: '#15181e',
  line: '#2a2f39',
  ink: '#eceef2',
  soft: '#9aa3b2',
  accent: '#625bef',
  tint: '#1b1f27',
};

const DARK_STYLE = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  @media (prefers-color-scheme: dark) {
    .page, .page > div { background-color: ${dark.page} !important; }
    .sheet, .sheet > table, .sheet > table > tbody > tr > td { background: ${dark.sheet} !important; border-color: ${dark.line} !important; }
    .ink, .ink div, .ink td, .ink h1 { color: ${dark.ink} !important; }
    .soft, .soft div, .ink td.soft, .ink p.soft { color: ${dark.soft} !important; }
    .panel { background-color: ${dark.tint} !important; border-color: ${dark.line} !important; }
    .line, .line p { border-color: ${dark.line} !important; }
    .link { color: #a5a0ff !important; }
    .do td, .do a { background-color: ${dark.accent} !important; color: #ffffff !important; }
    .badge { background-color: #262b36 !important; color: ${dark.ink} !important; }
  }`;

const PHONE_STYLE = `
  a.link { text-decoration: underline; }
  .panel { border-collapse: separate !important; }
  @media (max-width: 480px) {
    .gutter { padding-left: 20px !important; padding-right: 20px !important; }
    .do table, .do td, .do a { width: 100% !important; box-sizing: border-box; }
    .mark { font-size: 20px !important; }
  }`;

const row = (padding: string) => `padding="${padding}" css-class="ink gutter"`;
const TEXT = `font-family:${FONT};margin:0;`;

const pairs = `
  <!-- each:rows --><tr>
    <td class="soft" valign="top" style="${TEXT}padding:3px 16px 3px 0;font-size:14px;line-height:20px;color:${light.soft};white-space:nowrap;">{{key}}</td>
    <td class="ink" valign="top" width="100%" style="${TEXT}padding:3px 0;font-size:14px;line-height:20px;color:${light.ink};font-variant-numeric:tabular-nums;word-break:break-word;">{{value}}</td>
  </tr><!-- end -->`;

const block = (type: string, mjml: string) =>
  `<mj-raw><!-- block:${type} --></mj-raw>${mjml}<mj-raw><!-- block:end --></mj-raw>`;

const blocks = [
  block(
    'text',
    `<mj-text ${row('0 32px 16px')} font-size="15px" line-height="24px"><span class="{{tone}}">{{text|lines}}</span></mj-text>`,
  ),
  block(
    'button',
    `<mj-button css-class="do gutter" align="left" padding="4px 32px 24px" inner-padding="12px 22px" href="{{url}}"
       background-color="${light.accent}" color="#ffffff" border-radius="8px" font-size="15px" font-weight="600" line-height="20px">{{label}}</mj-button>`,
  ),
  block('keyvalues', `<mj-table ${row('0 32px 20px')} role="presentation">${pairs}</mj-table>`),
  block(
    'card',
    `<mj-text ${row('0 32px 16px')}>
      <table class="panel" role="presentation" width="100%" cellpadding="0" cellspacing="0" style="border:1px solid ${light.line};border-radius:10px;background-color:${light.tint};border-collapse:separate;">
        <tr><td style="padding:16px 18px;">
          <table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr>
            <td class="ink" valign="top" style="${TEXT}font-size:16px;line-height:24px;font-weight:600;color:${light.ink};">{{title}}</td>
            <!-- each:highlight --><td class="ink mark" valign="top" align="right" style="${TEXT}padding-left:16px;font-size:22px;line-height:24px;font-weight:700;color:${light.ink};white-space:nowrap;font-variant-numeric:tabular-nums;">{{highlight}}</td><!-- end -->
          </tr></table>
          <!-- each:badges --><span class="badge" style="${TEXT}display:inline-block;margin:8px 6px 0 0;padding:2px 9px;border-radius:999px;background-color:#e8e8f3;color:#3b3f4a;font-size:12px;line-height:18px;font-weight:500;">{{label}}</span><!-- end -->
          <!-- each:note --><p class="soft" style="${TEXT}padding-top:8px;font-size:14px;line-height:21px;color:${light.soft};">{{note|lines}}</p><!-- end -->
          <!-- each:hasRows --><table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin-top:8px;">${pairs}</table><!-- end -->
          <!-- each:link --><p style="${TEXT}padding-top:12px;font-size:14px;line-height:20px;font-weight:600;"><a class="link" href="{{url}}" style="color:${light.accent};">{{label}}</a></p><!-- end -->
        </td></tr>
      </table>
    </mj-text>`,
  ),
  block(
    'list',
    `<mj-table ${row('0 32px 16px')} role="presentation">
      <!-- each:items --><tr>
        <td class="soft" valign="top" style="${TEXT}padding:2px 10px 2px 0;font-size:15px;line-height:24px;color:${light.soft};white-space:nowrap;">{{mark}}</td>
        <td class="ink" valign="top" width="100%" style="${TEXT}padding:2px 0;font-size:15px;line-height:24px;color:${light.ink};"><!-- each:plain -->{{text|lines}}<!-- end --><!-- each:url --><a class="link" href="{{url}}" style="color:${light.accent};">{{text|lines}}</a><!-- end --></td>
      </tr><!-- end -->
    </mj-table>`,
  ),
  block(
    'code',
    `<mj-text ${row('0 32px 20px')}>
      <table class="panel" role="presentation" cellpadding="0" cellspacing="0" style="border:1px solid ${light.line};border-radius:10px;background-color:${light.tint};border-collapse:separate;">
        <tr><td class="ink" style="padding:12px 20px;font-family:${MONO};font-size:22px;line-height:30px;font-weight:600;letter-spacing:2px;color:${light.ink};word-break:break-all;">{{code}}</td></tr>
      </table>
    </mj-text>`,
  ),
  block(
    'marked',
    `<mj-text ${row('0 32px 20px')}>
      <table class="panel" role="presentation" width="100%" cellpadding="0" cellspacing="0" style="border:1px solid ${light.line};border-radius:10px;background-color:${light.tint};border-collapse:separate;">
        <tr><td class="ink" style="padding:10px 14px;font-family:${MONO};font-size:13px;line-height:20px;color:${light.ink};word-break:break-word;"><!-- each:parts --><!-- each:plain -->{{text|lines}}<!-- end --><!-- each:marked --><strong class="badge" style="padding:1px 3px;border-radius:4px;background-color:#e8e8f3;font-weight:700;">{{text|lines}}</strong><!-- end --><!-- end --></td></tr>
      </table>
    </mj-text>`,
  ),
  block(
    'divider',
    `<mj-divider css-class="line gutter" padding="8px 32px 24px" border-width="1px" border-color="${light.line}" />`,
  ),
];

/** The layout with one specimen of every block, for the compiler to take apart. */
export const LAYOUT = `
<mjml lang="{{lang}}">
  <mj-head>
    <mj-title>{{heading}}</mj-title>
    <mj-preview>{{preheader}}</mj-preview>
    <mj-attributes>
      <mj-all font-family="${FONT}" />
      <mj-text color="${light.ink}" />
    </mj-attributes>
    <mj-raw><meta name="color-scheme" content="light dark" /><meta name="supported-color-schemes" content="light dark" /></mj-raw>
    <mj-style>${PHONE_STYLE}${DARK_STYLE}</mj-style>
    <mj-style>.muted { color: ${light.soft}; font-size: 14px; } .strong { font-weight: 600; } @media (prefers-color-scheme: dark) { .muted { color: ${dark.soft} !important; } }</mj-style>
  </mj-head>
  <mj-body background-color="${light.page}" css-class="page">
    <mj-section padding="28px 0 12px"><mj-column>
      <mj-text css-class="ink gutter" padding="0 32px" font-size="15px" line-height="20px" font-weight="700" letter-spacing="-0.1px"><span style="display:inline-block;width:10px;height:10px;margin-right:8px;border-radius:3px;background-color:${light.accent};"></span>Signalbox</mj-text>
    </mj-column></mj-section>
    <mj-section css-class="sheet" background-color="${light.sheet}" border="1px solid ${light.line}" border-radius="14px" padding="30px 0 14px"><mj-column>
      <mj-text ${row('0 32px 14px')} font-size="22px" line-height="30px" font-weight="650" letter-spacing="-0.3px"><h1 style="margin:0;font-size:22px;line-height:30px;font-weight:650;">{{heading}}</h1></mj-text>
      <mj-raw><!-- blocks --></mj-raw>
      ${blocks.join('\n')}
      <mj-raw><!-- blocks:end --></mj-raw>
    </mj-column></mj-section>
    <mj-section padding="18px 0 36px"><mj-column>
      <mj-text css-class="soft gutter" padding="0 32px" font-size="12px" line-height="18px" color="${light.soft}"><!-- each:footer -->{{footer|lines}}<!-- end --><!-- each:unsubscribeUrl --> <a class="link" href="{{unsubscribeUrl}}" style="color:${light.soft};">{{unsubscribeLabel}}</a><!-- end --></mj-text>
    </mj-column></mj-section>
  </mj-body>
</mjml>`;
