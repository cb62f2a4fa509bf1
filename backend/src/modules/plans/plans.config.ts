import { z } from 'zod';
import { Config, configClass, setting } from '#platform/config/index.js';
import { readPlanFile } from './catalogue/plan-file.js';

const planFile = z.string().transform((path, context) => {
  try {
    return readPlanFile(path);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

/** Which plans there are, and which one a workspace has by itself. */
@Config
export class PlansConfig extends configClass('plans', {
  plans: setting(
    'SIGNALBOX_PLANS_FILE',
    planFile.optional(),
    'A JSON file that defines the plans (docs/plans.md); the plans free, team and unlimited when absent.',
  ),
  defaultPlan: setting(
    'SIGNALBOX_DEFAULT_PLAN',
    z.string().default('unlimited'),
    'The plan of a workspace that nobody assigned one to and that pays for none.',
  ),
}) {}
