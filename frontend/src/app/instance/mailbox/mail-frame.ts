import { ChangeDetectionStrategy, Component, computed, ElementRef, inject, input, viewChild } from '@angular/core';
import { DomSanitizer } from '@angular/platform-browser';

const STYLE = 'data-style';

/**
 * The HTML of a mail as its reader sees it, in a frame that runs nothing. The console's content policy refuses styles that come in text,
 * so those of the mail are taken off first and put on element by element once the frame is there.
 */
@Component({
  selector: 'sb-mail-frame',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <iframe
      #frame
      class="block h-[600px] w-full rounded-[10px] border border-line bg-white"
      sandbox="allow-same-origin"
      [srcdoc]="page().html"
      [title]="label()"
      (load)="dress()"
    ></iframe>
  `,
})
export class MailFrame {
  private readonly sanitizer = inject(DomSanitizer);
  private readonly frame = viewChild.required<ElementRef<HTMLIFrameElement>>('frame');
  /** Sanitised by the server. Not required: an empty frame says that it has loaded before anything is bound. */
  readonly html = input('');
  readonly label = input.required<string>();

  protected readonly page = computed(() => {
    const aside = this.html().replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle=/gi, ` ${STYLE}=`));
    const parsed = new DOMParser().parseFromString(aside, 'text/html');
    const sheets = [...parsed.querySelectorAll('style')].map((sheet) => {
      sheet.remove();
      return sheet.textContent;
    });
    for (const active of parsed.querySelectorAll('script, iframe, object, embed, base, link, meta')) active.remove();
    // The frame's sandbox lets nothing run; the server has sanitised it besides.
    return { sheets, html: this.sanitizer.bypassSecurityTrustHtml(parsed.documentElement.outerHTML) };
  });

  protected dress(): void {
    const inside = this.frame().nativeElement.contentDocument;
    const view = inside?.defaultView;
    if (!inside || !view) return;
    for (const element of inside.querySelectorAll<HTMLElement>(`[${STYLE}]`))
      element.style.cssText = element.getAttribute(STYLE) ?? '';
    inside.adoptedStyleSheets = this.page().sheets.map((text) => {
      const sheet = new (view as unknown as { CSSStyleSheet: typeof CSSStyleSheet }).CSSStyleSheet();
      sheet.replaceSync(text);
      return sheet;
    });
  }
}
