import { inLanguages } from '#platform/language/index.js';

interface InvitationWords {
  /** Who invites, where their name is no longer known. */
  somebody: string;
  subject(inviter: string, workspace: string): string;
  preheader(workspace: string): string;
  heading(workspace: string): string;
  text(inviter: string, workspace: string): string;
  roles: { owner: string; admin: string; member: string; viewer: string; custom: string };
  button: string;
  note(days: number): string;
  footer: string;
}

/** What the mail that invites somebody to a workspace says. */
export const invitationWords = inLanguages<InvitationWords>({
  en: {
    somebody: 'Somebody',
    subject: (inviter, workspace) => `${inviter} invites you to ${workspace}`,
    preheader: (workspace) => `Join ${workspace} on Signalbox.`,
    heading: (workspace) => `Join ${workspace}`,
    text: (inviter, workspace) => `${inviter} invites you to the workspace ${workspace} on Signalbox.`,
    roles: {
      owner: 'As an owner you run the workspace together with its other owners.',
      admin: 'As an admin you see and change everything in it, people included.',
      member: 'As a member you see everything in it and work along.',
      viewer: 'As a viewer you see what happens in it.',
      custom: 'Your role there is one that the workspace made for its people.',
    },
    button: 'Accept the invitation',
    note: (days) => `The link works once, for ${days} days, and for this address only.`,
    footer: 'If you do not know who invites you, ignore this mail.',
  },
  zh: {
    somebody: '有人',
    subject: (inviter, workspace) => `${inviter} 邀请您加入 ${workspace}`,
    preheader: (workspace) => `在 Signalbox 上加入 ${workspace}。`,
    heading: (workspace) => `加入 ${workspace}`,
    text: (inviter, workspace) => `${inviter} 邀请您加入 Signalbox 上的工作区 ${workspace}。`,
    roles: {
      owner: '作为所有者，您将与其他所有者一同管理该工作区。',
      admin: '作为管理员，您可以查看和更改其中的一切，包括成员。',
      member: '作为成员，您可以查看其中的一切并参与工作。',
      viewer: '作为查看者，您可以了解其中的动态。',
      custom: '您在其中的角色由该工作区自行设定。',
    },
    button: '接受邀请',
    note: (days) => `该链接在 ${days} 天内有效，仅可使用一次，且只适用于此邮箱地址。`,
    footer: '如果您不认识邀请您的人，请忽略此邮件。',
  },
});
