export { type EvidenceSpan, type Mark, MailView } from './mail-view/mail-view';
