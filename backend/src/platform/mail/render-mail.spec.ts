import { writeFileSync } from 'node:fs';
import { describe, it } from '@jest/globals';
import { renderMail } from './index.js';
describe('try', () => { it('renders', async () => {
 const r = await renderMail({ preheader: 'New York to Lisbon for $312 round trip', heading: 'Two deals for “Lisbon in spring”', blocks: [
  {type:'text', text:'Hello Ada,\nthese matched what you asked for a minute ago.'},
  {type:'card', title:'New York → Lisbon', highlight:'$312', badges:['Round trip','Non-stop','TAP Air Portugal'], note:'Cheaper than 94 % of the 58 prices seen on this route.', rows:[{key:'Travel',value:'3 Mar – 20 May 2027'},{key:'Cabin',value:'Economy'},{key:'Book by',value:'Tomorrow, 23:59'}], link:{label:'See the deal',url:'https://example.com/d/1?a=1&b=2'}},
  {type:'card', title:'Boston, New York → Porto', highlight:'$349', badges:['Round trip'], link:{label:'See the deal',url:'https://example.com/d/2'}},
  {type:'button',label:'Open in Signalbox',url:'https://example.com/x'},
  {type:'keyvalues',rows:[{key:'Subscription',value:'Lisbon in spring'},{key:'Filter',value:'type:deal.found destination:LIS price<=400USD'}]},
  {type:'divider'},
  {type:'list',items:[{text:'First <b>thing</b>'},{text:'A link',url:'https://example.com'}]},
  {type:'code',code:'418 203'},
  {type:'text',tone:'muted',text:'If you did not ask for this, ignore it.'},
 ], footer:'You get this mail because your subscription “Lisbon in spring” sends each match.', unsubscribeUrl:'https://example.com/u'});
 writeFileSync('/tmp/w/mail/a.html', r.html); writeFileSync('/tmp/w/mail/a.txt', r.text);
 const { mailHtml } = await import('./mail-html.js'); void mailHtml;
 const t=performance.now(); for (let i=0;i<200;i++) await renderMail({heading:'x',blocks:[{type:'text',text:'y'},{type:'button',label:'a',url:'https://x.y'}]}); console.log('us/render',(performance.now()-t)*1000/200, r.html.length);
});});
