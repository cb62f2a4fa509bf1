/** In the filter language: all but what tells of telling, or of steps on the way to something that is told itself. */
export const WORTH_TELLING =
  '-type:delivery.*,notification*,inbox.*,message.parsed,webhook_delivery.*,access.refused,audit.export_started';
