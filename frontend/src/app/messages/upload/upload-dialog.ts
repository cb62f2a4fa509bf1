import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
} from '@angular/core';
import { lucideFileUp } from '@ng-icons/lucide';
import { type Problem, problemOf, Requests, uploadsPaste } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Dialog, Icon } from '../../ui';
import { type Uploaded, Uploads } from './uploads';

/** Brings messages in by hand: files that are dropped or chosen, or a text that is pasted. */
@Component({
  selector: 'sb-upload-dialog',
  imports: [Dialog, Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  providers: [Uploads],
  templateUrl: './upload-dialog.html',
})
export class UploadDialog {
  private readonly requests = inject(Requests);
  private readonly uploads = inject(Uploads);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly open = input.required<boolean>();
  /** Files that were dropped on the page: they are sent at once. */
  readonly dropped = input<readonly File[]>([]);
  readonly closed = output();
  protected readonly icons = { lucideFileUp };

  protected readonly percent = computed(() => {
    const share = this.uploads.progress();
    return share === undefined ? undefined : Math.round(share * 100);
  });
  protected readonly done = signal<Uploaded | undefined>(undefined);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly busy = signal(false);
  protected readonly over = signal(false);

  constructor() {
    effect(() => {
      const files = this.dropped();
      if (files.length > 0) untracked(() => void this.send(files));
    });
    effect(() => {
      if (this.open()) return;
      untracked(() => {
        this.uploads.cancel();
        this.done.set(undefined);
        this.problem.set(undefined);
      });
    });
  }

  protected drop(event: DragEvent): void {
    event.preventDefault();
    this.over.set(false);
    void this.send([...(event.dataTransfer?.files ?? [])]);
  }

  protected choose(box: HTMLInputElement): void {
    void this.send([...(box.files ?? [])]);
    box.value = '';
  }

  protected send(files: readonly File[]): Promise<void> {
    return files.length > 0 ? this.work(() => this.uploads.send(files)) : Promise.resolve();
  }

  protected async paste(event: Event, subject: string, box: HTMLTextAreaElement): Promise<void> {
    event.preventDefault();
    const text = box.value;
    if (text.trim() === '') return box.focus();
    await this.work(async () =>
      this.requests.ask(uploadsPaste, {
        workspaceId: this.workspaceId,
        sourceId: await this.uploads.source(),
        body: { subject: subject.trim(), text },
      }),
    );
    if (!this.problem()) box.value = '';
  }

  protected cancel(): void {
    this.uploads.cancel();
  }

  private async work(bring: () => Promise<Uploaded>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.done.set(undefined);
    this.problem.set(undefined);
    try {
      this.done.set(await bring());
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
