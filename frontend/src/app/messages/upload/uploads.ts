import { inject, Injectable, signal } from '@angular/core';
import { type Answer, problemOf, Problem, Requests, sourcesCreate, sourcesList, type uploadsUpload } from '../../api';
import { CurrentWorkspace, Session } from '../../session';

export type Uploaded = Answer<typeof uploadsUpload>;

/** Brings mail files in, and tells how far it is. */
@Injectable()
export class Uploads {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  private readonly share = signal<number | undefined>(undefined);
  private request?: XMLHttpRequest;
  private over = false;
  /** 0 to 1 while something is sent; 1 while the server reads it. */
  readonly progress = this.share.asReadonly();

  /** Sends files to the source for uploads, which is made when there is none. @throws Problem; nothing was kept then */
  async send(files: readonly File[]): Promise<Uploaded> {
    this.share.set(0);
    this.over = false;
    try {
      const sourceId = await this.source();
      const token = await this.session.accessToken();
      if (this.over) throw cancelled();
      return await this.post(`/api/v1/workspaces/${this.workspaceId}/sources/${sourceId}/uploads`, token, files);
    } finally {
      this.share.set(undefined);
    }
  }

  /** Breaks off: the server keeps nothing of a form that is not whole. */
  cancel(): void {
    this.over = true;
    this.request?.abort();
  }

  /** The source that takes uploads. @throws Problem */
  async source(): Promise<string> {
    const { workspaceId } = this;
    const { items } = await this.requests.ask(sourcesList, {
      workspaceId,
      filter: 'kind:upload -status:paused',
      limit: 1,
    });
    const first = items[0];
    if (first) return first.id;
    const body = { kind: 'upload', name: $localize`Uploads` } as const;
    return (await this.requests.ask(sourcesCreate, { workspaceId, body })).id;
  }

  /** `fetch` does not tell how much of a body is sent; this does. */
  private post(url: string, token: string, files: readonly File[]): Promise<Uploaded> {
    const form = new FormData();
    for (const file of files) form.append('files', file, file.name);
    const request = (this.request = new XMLHttpRequest());
    request.open('POST', url);
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => this.share.set(total > 0 ? loaded / total : 0);
    return new Promise((resolve, reject) => {
      request.onload = () => {
        if (request.status < 300) return resolve(request.response as Uploaded);
        const { code, detail, requestId } = (request.response ?? {}) as Record<string, string | undefined>;
        reject(
          new Problem(
            request.status,
            code ?? 'unexpected_answer',
            detail ?? $localize`The server did not take it.`,
            [],
            requestId,
          ),
        );
      };
      request.onabort = () => reject(cancelled());
      request.onerror = () =>
        reject(problemOf(new Problem(0, 'offline', $localize`No answer came. Nothing was kept.`)));
      request.send(form);
    });
  }
}

const cancelled = (): Problem => new Problem(-1, 'cancelled', $localize`Broken off: nothing was kept.`);
