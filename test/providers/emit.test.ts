import { ApiObject, App, Chart, JsonPatch, Lazy, ResolutionContext, Testing } from 'cdk8s';
import { k8s } from 'cdk8s-plus-30';
import { AuthorizationPolicy } from '../../imports/security.istio.io';
import { emit, isEmitted } from '../../src/providers/emit';

const chartIn = (namespace?: string) => new Chart(Testing.app(), 'chart', { namespace });

test('fields are made when the object is written', () => {
  const chart = chartIn();
  let account = 'early';
  emit(chart, 'x', AuthorizationPolicy, { name: 'x', namespace: 'n' }, { spec: () => ({ rules: [{ from: [{ source: { serviceAccounts: [account] } }] }] }) });
  account = 'late';
  expect(Testing.synth(chart)[0].spec.rules[0].from[0].source.serviceAccounts).toEqual(['late']);
});

test('a JSON patch may add a field that the generated class does not know', () => {
  const chart = chartIn();
  emit(chart, 'x', AuthorizationPolicy, { name: 'x', namespace: 'n' }, { spec: () => ({}) }).addJsonPatch(JsonPatch.add('/spec/fromTheFuture', { a: 1 }));
  expect(Testing.synth(chart)[0].spec).toEqual({ fromTheFuture: { a: 1 } });
});

test('an empty spec is written, because it means deny all', () => {
  const chart = chartIn();
  emit(chart, 'x', AuthorizationPolicy, { name: 'x', namespace: 'n' }, { spec: () => ({}) });
  expect(Testing.synth(chart)[0]).toHaveProperty('spec', {});
});

test('an object of the cluster does not get the namespace of its chart', () => {
  const chart = chartIn('home');
  emit(chart, 'x', k8s.KubeNamespace, { name: 'x' }, {});
  expect(Testing.synth(chart)[0].metadata).toEqual({ name: 'x' });
});

test('a label without a value is left out', () => {
  const chart = chartIn();
  emit(chart, 'x', k8s.KubeNamespace, { name: 'x', labels: { a: 'b', c: () => undefined, d: () => 'e' } }, {});
  expect(Testing.synth(chart)[0].metadata.labels).toEqual({ a: 'b', d: 'e' });
});

test('objects of the library are recognized', () => {
  const chart = chartIn();
  const object = emit(chart, 'x', k8s.KubeNamespace, { name: 'x' }, {});
  expect(isEmitted(object)).toBe(true);
  expect(isEmitted(new k8s.KubeNamespace(chart, 'y'))).toBe(false);
});

const addUnder = (object: ApiObject, key: string, value: unknown) => object.metadata.add(key, value);

test.each<[string, (object: ApiObject) => void]>([
  ['nothing', () => {}],
  ['a label and an annotation', ({ metadata }) => { metadata.addLabel('z', '1'); metadata.addLabel('a', '2'); metadata.addAnnotation('note', ''); }],
  ['a label that is text only when it is written', ({ metadata }) => metadata.addLabel('late', Lazy.any({ produce: () => 'text' }) as string)],
  ['an annotation without a value', ({ metadata }) => metadata.addAnnotation('none', undefined as unknown as string)],
  ['a finalizer', ({ metadata }) => metadata.addFinalizers('example.com/keep')],
  ['an owner', ({ metadata }) => metadata.addOwnerReference({ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' })],
  ['another field', (object) => addUnder(object, 'generateName', 'x-')],
  ['a field that is there', (object) => addUnder(object, 'namespace', 'other')],
])('metadata to which is added %s is written as cdk8s writes it', (_, change) => {
  const written = (resolvers: { resolve(context: ResolutionContext): void }[]) => {
    const chart = new Chart(new App({ resolvers }), 'chart', { labels: { team: 'voice' } });
    change(emit(chart, 'x', AuthorizationPolicy, { name: 'x', namespace: 'n', labels: { own: 'yes' }, annotations: { b: '1', a: '2' } }, { spec: () => ({}) }));
    return JSON.stringify(Testing.synth(chart));
  };
  expect(written([])).toBe(written([{ resolve: () => {} }]));
});

test('resolvers of the user see what is written, and without them the bytes are those of cdk8s', () => {
  const written = (resolvers: { resolve(context: ResolutionContext): void }[]) => {
    const chart = new Chart(new App({ resolvers }), 'chart');
    emit(chart, 'x', AuthorizationPolicy, { name: 'x', namespace: 'n' }, { spec: () => ({ selector: { matchLabels: { z: 'token', a: 'b' } }, rules: [{}] }) });
    return JSON.stringify(Testing.synth(chart));
  };
  const replacing = { resolve: (context: ResolutionContext) => { if (context.value === 'token') context.replaceValue('value'); } };
  expect(written([replacing])).toContain('"z":"value"');
  expect(written([{ resolve: () => {} }])).toBe(written([]));
});
