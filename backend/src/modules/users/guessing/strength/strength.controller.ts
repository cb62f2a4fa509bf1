import { Controller, Post } from '@nestjs/common';
import { Endpoint, Input } from '#platform/http/index.js';
import { PasswordStrength } from './password-strength.js';
import { passwordStrength, type PasswordTyped, passwordTyped } from './strength.schemas.js';

/** How good a password is, before it is chosen. */
@Controller('password-strength')
export class PasswordStrengthController {
  constructor(private readonly strength: PasswordStrength) {}

  @Post()
  @Endpoint({
    permission: 'public',
    summary: 'How hard a password is to guess',
    description:
      'For the form in which somebody chooses one. It asks for no capitals, digits or signs: length and rare words are what ' +
      'counts. The first 64 characters are looked at. The password is neither stored nor logged.',
    status: 200,
    body: passwordTyped,
    response: passwordStrength,
    idempotent: false,
    bodyExample: { password: 'plums in a wooden bowl', email: 'ada@example.com', name: 'Ada' },
    example: {
      score: 4,
      sentence: 'Very hard to guess: stolen from the server, it would last centuries.',
      suggestions: [],
      accepted: true,
      refusals: [],
    },
  })
  async estimate(@Input.body() { password, email, name }: PasswordTyped) {
    return this.strength.of(password, { email, name });
  }
}
