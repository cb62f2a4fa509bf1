import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  input,
  linkedSignal,
  signal,
  viewChild,
} from '@angular/core';
import { type Mark, markIn, pieces } from './marks';

export type { EvidenceSpan, Mark } from './marks';

/** What a mail looks like on paper: it is made for white, whatever the console's look is. */
const PAPER = `
  :root { color-scheme: light; background: #fff; color: #1a1a1a; }
  body { margin: 0; padding: 20px; font: 14px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
  img { max-width: 100%; height: auto; }
  table { max-width: 100%; }
  a { color: #4338ca; }
  mark { background: #fde68a; color: #1a1a1a; border-radius: 3px; box-shadow: 0 0 0 2px #fde68a; }
  mark.looked { outline: 2px solid #4338ca; outline-offset: 3px; }
`;

/**
 * A mail as it came, made safe by the server, in a frame where no script runs and nothing is fetched; or its text. Words that say something are
 * marked.
 */
@Component({
  selector: 'sb-mail-view',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  templateUrl: './mail-view.html',
})
export class MailView {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  readonly subject = input('');
  readonly text = input.required<string>();
  /** Sanitised; null where the mail has text alone. */
  readonly html = input.required<string | null>();
  readonly marks = input<readonly Mark[]>([]);

  private readonly frame = viewChild<ElementRef<HTMLIFrameElement>>('frame');
  private readonly loads = signal(0);
  protected readonly height = signal(240);
  protected readonly shown = linkedSignal<'html' | 'text'>(() => (this.html() === null ? 'text' : 'html'));
  protected readonly subjectPieces = computed(() => pieces(this.subject(), this.marks(), 'subject'));
  protected readonly textPieces = computed(() => pieces(this.text(), this.marks(), 'text'));

  constructor() {
    afterRenderEffect(() => {
      this.loads();
      const frame = this.frame()?.nativeElement;
      const html = this.html();
      if (frame && html !== null) this.draw(frame, html, this.marks());
    });
  }

  /** The frame has its own empty document by now; some browsers bring another one later. */
  protected loaded(): void {
    this.loads.update((count) => count + 1);
  }

  /** Scrolls to the words of a mark. */
  look(mark: number): void {
    const source = this.marks()[mark]?.span.source;
    if (source === 'text' && !this.inFrame(mark)) this.shown.set('text');
    setTimeout(() => {
      const here = this.host.nativeElement.querySelector<HTMLElement>(`[data-mark="${mark}"]`);
      const found = this.inFrame(mark) ?? here;
      for (const old of this.looked) old.classList.remove('looked');
      this.looked = found ? [found] : [];
      found?.classList.add('looked');
      found?.scrollIntoView({ block: 'center', behavior: 'smooth' });
    });
  }

  private looked: readonly HTMLElement[] = [];
  private observer?: ResizeObserver;

  private inFrame(mark: number): HTMLElement | null {
    const document = this.frame()?.nativeElement.contentDocument;
    return document?.querySelector<HTMLElement>(`[data-mark="${mark}"]`) ?? null;
  }

  private draw(frame: HTMLIFrameElement, html: string, marks: readonly Mark[]): void {
    const { contentDocument: document, contentWindow } = frame;
    if (!document || !contentWindow) return;
    // The policy of the page refuses style attributes as they are read, not when they are set: they wait under another name.
    const aside = html.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle="/gi, ' data-style="'));
    const { body } = new DOMParser().parseFromString(aside, 'text/html');
    document.body.replaceChildren(...[...body.childNodes].map((node) => document.adoptNode(node)));
    for (const element of document.querySelectorAll<HTMLElement>('[data-style]'))
      element.style.cssText = element.dataset['style'] ?? '';
    marks.forEach(({ span, label }, mark) => {
      if (span.source === 'html' || span.source === 'text') markIn(document.body, span.quote, mark, label);
    });
    const { CSSStyleSheet: Sheet } = contentWindow as Window & typeof globalThis;
    const sheet = new Sheet();
    sheet.replaceSync(PAPER);
    document.adoptedStyleSheets = [sheet];
    // The root is never lower than the frame itself; the body is as high as the mail.
    const measure = () => this.height.set(Math.max(80, Math.ceil(document.body.getBoundingClientRect().height)));
    this.observer?.disconnect();
    this.observer = new ResizeObserver(measure);
    this.observer.observe(document.body);
    measure();
  }
}
