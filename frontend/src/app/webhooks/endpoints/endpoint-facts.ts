import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { Ago, Copy } from '../../ui';
import { type Endpoint, EndpointNames } from './endpoint-names';

/** What an endpoint is told of, where and how, as a list of facts. */
@Component({
  selector: 'sb-endpoint-facts',
  imports: [Ago, Copy],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @let one = endpoint();
    <dl class="facts">
      <div>
        <dt i18n>Address</dt>
        <dd class="flex items-start gap-1">
          <code class="font-mono text-[0.8125rem]">{{ one.url }}</code>
          <sb-copy class="-my-1" [text]="one.url" />
        </dd>
      </div>
      <div>
        <dt i18n>Events</dt>
        <dd>
          @if (one.types; as types) {
            <ul class="m-0 flex list-none flex-wrap gap-1 p-0">
              @for (type of types; track type) {
                <li class="badge font-mono">{{ type }}</li>
              }
            </ul>
          } @else {
            <ng-container i18n>Everything that its owner may see</ng-container>
          }
        </dd>
      </div>
      @if (one.filter) {
        <div>
          <dt i18n>Filter</dt>
          <dd>
            <code class="font-mono text-[0.8125rem]">{{ one.filter }}</code>
          </dd>
        </div>
      }
      <div>
        <dt i18n>Owner</dt>
        <dd>
          @if (names.person(one.ownerId); as person) {
            {{ person }}
          } @else {
            <span class="text-muted" i18n>not a member any more, or a service account</span>
          }
        </dd>
      </div>
      @if (one.headerNames.length) {
        <div>
          <dt i18n>Own headers</dt>
          <dd class="font-mono text-[0.8125rem]">{{ one.headerNames.join(', ') }}</dd>
        </div>
      }
      <div>
        <dt i18n>Pace</dt>
        <dd>
          @if (one.ratePerSecond; as rate) {
            <ng-container i18n>{rate, plural,
              =1 {1 request a second}
              other {{{ rate }} requests a second}
            }</ng-container>
          } @else {
            <ng-container i18n>No limit</ng-container>
          }
          @if (one.ordered) {
            · <ng-container i18n>in order, one at a time</ng-container>
          }
        </dd>
      </div>
      <div>
        <dt i18n>Payload version</dt>
        <dd>{{ one.payloadVersion }}</dd>
      </div>
      <div>
        <dt i18n>Made</dt>
        <dd>
          <sb-ago [at]="one.createdAt" />
          @if (one.hook) {
            · <ng-container i18n>by another product, as a REST hook</ng-container>
          }
        </dd>
      </div>
    </dl>
  `,
})
export class EndpointFacts {
  protected readonly names = inject(EndpointNames);
  readonly endpoint = input.required<Endpoint>();
}
