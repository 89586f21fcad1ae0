import { Manifest } from './judge';

/** A way in which the manifests could be wrong, and the checks that must see it. */
export interface Mutant {
  readonly name: string;
  readonly mutate: (objects: Manifest[]) => Manifest[];
  readonly seenBy: readonly string[];
}

const find = (objects: Manifest[], kind: string, name: string): Manifest => {
  const object = objects.find((one) => one.kind === kind && one.metadata.name === name);
  if (!object) throw new Error(`no ${kind} ${name} to mutate`);
  return object;
};

/** Without objects that must have been there. */
const without = (...dropped: [kind: string, name: string][]) => (objects: Manifest[]) => {
  const gone = dropped.map(([kind, name]) => find(objects, kind, name));
  return objects.filter((object) => !gone.includes(object));
};

const changed = (kind: string, name: string, change: (object: Manifest) => void) => (objects: Manifest[]) => {
  change(find(objects, kind, name));
  return objects;
};

const SERVED = ['the header forces the canary', 'the split is 95 to 5', 'the picked pod serves'];
const INTRUDER = 'an intruder among the agents reaches nothing';

export const mutants: readonly Mutant[] = [
  {
    name: 'HBONE sending left on',
    mutate: changed('ConfigMap', 'voice-gw-inner', ({ data }) => { data.deployment = data.deployment.replace('ISTIO_META_DISABLE_HBONE_SEND', 'ISTIO_META_NOTHING'); }),
    seenBy: ['the picked pod serves', 'a pinned pod of v1 serves', 'a pinned pod of v2 serves'],
  },
  {
    name: 'the inner gateway not enrolled',
    mutate: changed('Gateway', 'voice-gw-inner', (object) => { object.spec.infrastructure.labels = { 'istio.io/dataplane-mode': 'none' }; }),
    seenBy: SERVED,
  },
  {
    name: 'the workload policy of the tools dropped',
    mutate: without(['AuthorizationPolicy', 'crm-workload']),
    seenBy: ['voice/assistant-v1-0 calls the tools'],
  },
  {
    name: 'the waypoint\'s deny dropped together with its ALLOW',
    mutate: without(['AuthorizationPolicy', 'voice-waypoint-deny-all'], ['AuthorizationPolicy', 'crm']),
    seenBy: [INTRUDER, 'an intruder elsewhere in the mesh reaches nothing', 'the granted agent is refused another path'],
  },
  {
    name: 'the workload policy of the agents widened',
    mutate: changed('AuthorizationPolicy', 'assistant-v1-workload', (object) => { object.spec.rules = [{}]; }),
    seenBy: [INTRUDER, 'the tool server reaches nothing'],
  },
  {
    name: 'the workload policy of a picker widened',
    mutate: changed('AuthorizationPolicy', 'assistant-v1-epp-workload', (object) => { object.spec.rules = [{}]; }),
    seenBy: [INTRUDER],
  },
  {
    name: 'the workload policy of the tools widened',
    mutate: changed('AuthorizationPolicy', 'crm-workload', (object) => { object.spec.rules = [{}]; }),
    seenBy: [INTRUDER, 'the granted agent is refused the pod around the waypoint'],
  },
  {
    name: 'a picker\'s DestinationRule dropped',
    mutate: without(['DestinationRule', 'assistant-v2-epp']),
    seenBy: ['the header forces the canary'],
  },
  {
    name: 'both pools merged into one rule',
    mutate: (objects) => {
      const inner = find(objects, 'HTTPRoute', 'assistant-v1');
      const [v1] = inner.spec.rules[0].backendRefs;
      inner.spec.rules[0].backendRefs = [{ ...v1, weight: 95 }, { ...v1, name: 'assistant-v2', weight: 5 }];
      const [, everybodyElse] = find(objects, 'HTTPRoute', 'chat').spec.rules;
      everybodyElse.backendRefs = everybodyElse.backendRefs.slice(0, 1);
      return objects;
    },
    seenBy: ['the picked pod serves', 'a pinned pod of v1 serves'],
  },
  {
    name: 'the inner gateway\'s NetworkPolicy dropped',
    mutate: without(['NetworkPolicy', 'voice-gw-inner']),
    seenBy: ['somebody outside the mesh reaches nothing', INTRUDER],
  },
  {
    name: 'the rule of the inner gateway at ztunnel dropped',
    mutate: without(['AuthorizationPolicy', 'voice-gw-inner-edge']),
    seenBy: SERVED,
  },
  {
    name: 'the host rule of the inner gateway dropped',
    mutate: without(['AuthorizationPolicy', 'voice-gw-inner-hosts']),
    seenBy: SERVED,
  },
  {
    name: 'the rule of the inner gateway widened',
    mutate: changed('AuthorizationPolicy', 'voice-gw-inner-edge', (object) => { object.spec.rules = [{ to: object.spec.rules[0].to }]; }),
    seenBy: [INTRUDER, 'an intruder elsewhere in the mesh reaches nothing'],
  },
];
