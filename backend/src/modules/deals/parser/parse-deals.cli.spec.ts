import { describe, expect, it } from '@jest/globals';
import { predictLine } from './parse-deals.cli.js';

const predict = (item: unknown): unknown => JSON.parse(predictLine(JSON.stringify(item)));

describe('parse:deals', () => {
  it('writes places as IATA codes and prices in major units', () => {
    expect(predict({ id: 7, title: 'Delta – $298: Detroit – Cancun, Mexico. Roundtrip', body: '' })).toEqual({
      id: 7,
      deals: [
        {
          originIata: ['DTT', 'DTW'],
          destinationIata: ['CUN'],
          price: 298,
          currency: 'USD',
          tripType: 'roundtrip',
          airlines: ['Delta', 'Delta Air Lines', 'Delta Airlines', '达美'],
          travelWindow: null,
          cabin: null,
          nonstop: null,
        },
      ],
    });
  });

  it('gives an island or small country its airports, a large one none', () => {
    expect(predict({ id: 'a', title: 'Flights from Vienna to Crete for €59', body: null })).toMatchObject({
      deals: [{ destinationIata: ['HER', 'CHQ'] }],
    });
    expect(predict({ id: 'b', title: 'Flights from Vienna to Spain for €59' })).toMatchObject({
      deals: [{ destinationIata: [] }],
    });
  });

  it('counts months without a year from the day it was published', () => {
    const item = { id: 'c', title: 'Oslo to Rome for €59 roundtrip (Nov-Feb dates)', published: '2019-10-01' };
    expect(predict(item)).toMatchObject({ deals: [{ travelWindow: { from: '2019-11', to: '2020-02' } }] });
  });

  it.each(['{', '7', 'null', '[]', '{"title":"x"}', '{"id":1,"title":7}'])('refuses %s with a sentence', (line) => {
    expect(() => predictLine(line)).toThrow(/\w/);
  });
});
