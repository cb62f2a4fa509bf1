import { Injectable } from '@nestjs/common';
import type { MailReading } from './mime/mail-content.js';

/** Asks a language model where the rules are unsure, when one is configured. */
@Injectable()
export class ModelFallback {
  /** The reading, or a better one. Never throws: without the model everything works. */
  async improve(reading: MailReading, _receivedAt: Date): Promise<MailReading> {
    return reading;
  }
}
