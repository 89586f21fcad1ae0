import { AffinityFacts } from '../../model/pod-facts';

/** Weight of a preferred rule. All rules weigh the same. */
const WEIGHT = 1;

/** Returns the affinity of a pod spec. Required rules for nodes are one term, because a node satisfies any one of several terms. */
export function compileAffinity(rules: readonly AffinityFacts[]): object {
  const nodes = rules.filter((rule) => rule.kind === 'nodes');
  return {
    ...nodes.length > 0 && { nodeAffinity: nodeAffinity(nodes) },
    ...podAffinity('podAffinity', podRules(rules, 'pods')),
    ...podAffinity('podAntiAffinity', podRules(rules, 'awayFromPods')),
  };
}

type NodeRule = Extract<AffinityFacts, { kind: 'nodes' }>;
type PodRule = Exclude<AffinityFacts, NodeRule>;

function nodeAffinity(rules: readonly NodeRule[]): object {
  const expressions = ({ labels }: NodeRule) => Object.keys(labels).sort().map((key) => ({ key, operator: 'In', values: [...labels[key]] }));
  const required = rules.filter((rule) => rule.required).flatMap(expressions);
  const preferred = rules.filter((rule) => !rule.required).map((rule) => ({ weight: WEIGHT, preference: { matchExpressions: expressions(rule) } }));
  return {
    ...required.length > 0 && { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: required }] } },
    ...preferred.length > 0 && { preferredDuringSchedulingIgnoredDuringExecution: preferred },
  };
}

function podRules(rules: readonly AffinityFacts[], kind: PodRule['kind']): PodRule[] {
  return rules.flatMap((rule) => (rule.kind !== 'nodes' && rule.kind === kind ? [rule] : []));
}

function podAffinity(field: string, rules: readonly PodRule[]): object {
  if (rules.length === 0) return {};
  const term = ({ labels, topologyKey }: PodRule) => ({ topologyKey, labelSelector: { matchLabels: { ...labels } } });
  const required = rules.filter((rule) => rule.required).map(term);
  const preferred = rules.filter((rule) => !rule.required).map((rule) => ({ weight: WEIGHT, podAffinityTerm: term(rule) }));
  return {
    [field]: {
      ...required.length > 0 && { requiredDuringSchedulingIgnoredDuringExecution: required },
      ...preferred.length > 0 && { preferredDuringSchedulingIgnoredDuringExecution: preferred },
    },
  };
}
