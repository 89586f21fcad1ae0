import { Stage } from '../../analysis/audit-only';
import { Decision } from '../../values/call';

/** Decides a call twice: now, and as if no namespace were audit-only. */
export function inBothStages(decideIn: (stage: Stage) => Omit<Decision, 'allowedWhenEnforced'>): Decision {
  const [enforced, now] = (['enforced', 'now'] as const).map(decideIn);
  const isAudited = now.allowed && !enforced.allowed;
  const reason = isAudited ? `${now.reason}; DENIED once it enforces: ${enforced.reason}` : now.reason;
  return { ...now, allowedWhenEnforced: enforced.allowed, reason };
}
