import { checkMirror } from './agent-mirror';
import { AgentProps } from './agent-props';
import { listed } from '../../model/problem';
import { Membership } from '../membership/membership';
import { splitProblems } from '../routing/canary-split';

/** Returns the stable version of an agent: the stated one, or the only one besides the canary and the mirror. Reports versions that do not exist. */
export function stableVersion(member: Membership, { versions, stable, canary, mirror }: AgentProps): string | undefined {
  const names = Object.keys(versions);
  const isVersion = (prop: string, version: string): boolean => {
    if (names.includes(version)) return true;
    member.report({ message: `${prop} is not a version of the agent`, actual: version, expected: listed(names), fix: 'use one of these versions, or add the version to `versions`' });
    return false;
  };
  const isCanary = canary !== undefined && isVersion('the version of `canary`', canary.version);
  if (canary) member.reportAll(splitProblems(canary));
  const isMirror = mirror !== undefined && isVersion('the version of `mirror`', mirror.version);
  if (isMirror) checkMirror(member, mirror, stable, canary?.version, names);
  if (stable === undefined) {
    const others = names.filter((name) => name !== canary?.version && name !== mirror?.version);
    if (isCanary && others.length === 0) {
      member.report({ message: 'the canary is the only version of the agent, so no version is stable', actual: names, expected: 'a stable version beside the canary', fix: 'add the version that callers use to `versions`, or remove `canary`' });
    }
    return others.length === 1 ? others[0] : undefined;
  }
  if (isCanary && canary.version === stable) {
    member.report({ message: 'the canary and the stable version are the same version', actual: stable, expected: 'two different versions', fix: 'set `canary` to the new version, or remove it' });
  }
  isVersion('`stable`', stable);
  return stable;
}
