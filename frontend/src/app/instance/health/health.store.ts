import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { problemOf } from '../../api';
import { Session } from '../../session';

/** A part of the instance, as operators are told of it. */
export interface Part {
  readonly status: 'up' | 'degraded' | 'down';
  readonly sentence?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** How the instance is. */
export interface HealthReport {
  readonly status: string;
  readonly parts: Readonly<Record<string, Part>>;
}

/** Asks how every part is. It lies outside of the API's paths, so the token is put on here. */
@Injectable({ providedIn: 'root' })
export class HealthReports {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);

  /** @returns the report, also where a vital part is down (503) @throws Problem */
  async read(): Promise<HealthReport> {
    const headers = { Authorization: `Bearer ${await this.session.accessToken()}` };
    try {
      return await firstValueFrom(this.http.get<HealthReport>('/health', { headers }));
    } catch (error) {
      const body = error instanceof HttpErrorResponse && error.status === 503 ? (error.error as unknown) : undefined;
      if (isReport(body)) return body;
      throw problemOf(error);
    }
  }
}

function isReport(body: unknown): body is HealthReport {
  return typeof body === 'object' && body !== null && 'parts' in body;
}
