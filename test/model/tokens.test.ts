import { Callers } from '../../src/model/callers';
import { Item, ItemGrants, itemRules } from '../../src/model/item-grants';
import { distinctPrincipals, holderOf, isAnyone, principalOf, withToken } from '../../src/model/principal';
import { splitByToken } from '../../src/model/request-rule';
import { tokenText } from '../../src/model/token';
import { endpointsOf } from '../../src/model/tool-server';
import { identityOf, LinkerdFacts } from '../../src/providers/linkerd/facts';
import { compileCallers } from '../../src/providers/linkerd/inbound';
import { jwtFacts } from '../../src/values/jwt';

const issuer = 'https://issuer.example.com';
const alice = { issuer, subject: 'alice' };
const gold = { issuer, claims: { tier: 'gold' } };
const who = (name: string) => principalOf('td', 'n', name);
const caller = (principal = who('a'), title = 'x') => ({ title, principal });

test('token requirements are described in words', () => {
  expect([{ issuer }, alice, gold, { ...alice, claims: { org: 'x', tier: 'gold' } }].map(tokenText)).toEqual([
    `a token from ${issuer}`, `a token from ${issuer} (sub=alice)`, `a token from ${issuer} (tier=gold)`, `a token from ${issuer} (sub=alice, org=x, tier=gold)`,
  ]);
});

describe('a principal with a token', () => {
  test('has the same identity as without the token, and is a separate caller', () => {
    const plain = who('a');
    const holder = withToken(plain, alice);
    expect(holder).toEqual({ ...plain, token: alice, key: `td/ns/n/sa/a ${JSON.stringify(alice)}` });
    expect([plain.key, plain.identity, isAnyone(holder)]).toEqual(['td/ns/n/sa/a', 'td/ns/n/sa/a', false]);
  });
  test('without an identity matches any bearer of the token', () => {
    const holder = holderOf(alice);
    expect([isAnyone(holder), holder.identity, holder.token, holder.key]).toEqual([true, '*', alice, `* ${JSON.stringify(alice)}`]);
  });
  test('is listed once for each token, in a stable order', () => {
    const all = [withToken(who('a'), gold), who('b'), withToken(who('a'), alice), who('a'), withToken(who('a'), { ...gold }), who('b')];
    const keys = (principals: typeof all) => distinctPrincipals(principals).map(({ key }) => key);
    expect(keys(all)).toEqual([who('a').key, withToken(who('a'), gold).key, withToken(who('a'), alice).key, who('b').key].sort());
    expect(keys([...all].reverse())).toEqual(keys(all));
  });
});

test('callers with and without a token are separate, and each has its own key', () => {
  const callers = new Callers();
  for (const one of [caller(), caller(withToken(who('a'), alice), 'y'), caller(withToken(who('a'), alice), 'z')]) callers.add(one);
  expect(callers.all.map(({ title }) => title)).toEqual(['x', 'y']);
  expect([who('a').key, withToken(who('a'), alice).key, withToken(who('a'), gold).key].map((key) => callers.has(key))).toEqual([true, true, false]);
});

describe('rules split by token', () => {
  const rule = (...principals: ReturnType<typeof who>[]) => ({ principals, endpoints: [{ path: '/', methods: ['GET'] }] });
  test('are one for each token, and one for callers without tokens', () => {
    const [a, b, c, d] = [who('a'), withToken(who('b'), alice), who('c'), withToken(who('d'), { ...alice })];
    expect(splitByToken([rule(a, b, c, d)], undefined)).toEqual([rule(a, c), { ...rule(b, d), token: alice }]);
  });
  test('require the common token of callers that need no other', () => {
    const [a, b] = [who('a'), withToken(who('b'), alice)];
    expect(splitByToken([rule(a, b)], { issuer })).toEqual([{ ...rule(a), token: { issuer } }, { ...rule(b), token: alice }]);
  });
  test.each([['no token', undefined], ['one token', { issuer }]])('have the same order for any order of grants, if everybody needs %s', (_, everyones) => {
    const all = [who('a'), withToken(who('b'), alice), withToken(who('c'), gold)];
    const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
      .map((order) => splitByToken([rule(...order.map((i) => all[i]))], everyones).map(({ token }) => token));
    expect(new Set(orders.map((tokens) => JSON.stringify(tokens))).size).toBe(1);
    expect(orders[0][0]).toEqual(everyones);
  });
  test('stay unchanged if no caller needs a token', () => {
    expect(splitByToken([rule(who('a')), rule(who('b'))], undefined)).toEqual([rule(who('a')), rule(who('b'))]);
  });
});

describe('grants by item', () => {
  const item = (kind: Item['kind'], name: string): Item => ({ kind, name, origin: { target: 'crm', name } });
  const items = [item('tool', 'find'), item('tool', 'refund'), item('tool', 'close'), item('prompt', 'find'), item('resource', 'a:b')];
  const granted = (grants: Record<string, ReturnType<typeof who>[]>) => {
    const all = new ItemGrants(items);
    for (const [key, principals] of Object.entries(grants)) {
      const [kind, name] = key.split(' ');
      for (const principal of principals) all.of({ kind: kind as Item['kind'], name })!.add(caller(principal));
    }
    return all;
  };
  const endpoints = endpointsOf('StreamableHTTP', '/mcp', '/messages');
  const posts = [{ path: '/mcp', methods: ['POST'] }];
  test('list the items of each caller and token in the order of the declaration', () => {
    const grants = granted({ 'tool refund': [who('a')], 'prompt find': [who('a'), withToken(who('a'), alice)] });
    expect(grants.heldBy(who('a'))).toEqual([items[1], items[3]]);
    expect(grants.heldBy(withToken(who('a'), alice))).toEqual([items[3]]);
    expect(grants.heldBy(who('b'))).toEqual([]);
    grants.everything.add(caller(who('b')));
    expect([grants.heldBy(who('b')), grants.heldBy(withToken(who('b'), alice))]).toEqual(['everything', []]);
    expect([grants.kinds, grants.of({ kind: 'tool', name: 'missing' })]).toEqual([['tool', 'prompt', 'resource'], undefined]);
  });
  test('are one rule for items of one kind with the same callers, for any order of grants', () => {
    const [a, b] = [who('a'), withToken(who('b'), alice)];
    const rules = itemRules(granted({ 'tool find': [a, b], 'tool refund': [b, a], 'tool close': [a], 'prompt find': [a, b] }), endpoints);
    expect(rules.filter(({ mcp }) => mcp?.names).map(({ principals, mcp }) => [mcp, principals])).toEqual([
      [{ methods: ['tools/call'], names: ['find', 'refund'] }, [a, b]],
      [{ methods: ['tools/call'], names: ['close'] }, [a]],
      [{ methods: ['prompts/get'], names: ['find'] }, [a, b]],
    ]);
  });
  test('let callers with any item list items, by POST only', () => {
    const grants = granted({ 'tool find': [who('a')], 'resource a:b': [who('b')] });
    grants.everything.add(caller(who('c')));
    expect(itemRules(grants, endpoints)).toEqual([
      { principals: [who('c')], endpoints },
      { principals: [who('a'), who('b')], endpoints: posts, mcp: { methods: ['server/discover'] } },
      { principals: [who('a')], endpoints: posts, mcp: { methods: ['tools/list'] } },
      { principals: [who('b')], endpoints: posts, mcp: { methods: ['resources/list', 'resources/templates/list'] } },
      { principals: [who('a')], endpoints: posts, mcp: { methods: ['tools/call'], names: ['find'] } },
      { principals: [who('b')], endpoints: posts, mcp: { methods: ['resources/read'], names: ['a:b'] } },
    ]);
    expect(itemRules(new ItemGrants(items), endpoints)).toEqual([]);
  });
});

test('the endpoints of a server depend on its transport', () => {
  expect(endpointsOf('StreamableHTTP', '/a', '/b')).toEqual([{ path: '/a', methods: ['DELETE', 'GET', 'POST'] }]);
  expect(endpointsOf('SSE', '/a', '/b')).toEqual([{ path: '/a', methods: ['GET'] }, { path: '/b', methods: ['POST'] }]);
});

test('tokens are required by default, and audiences are copied', () => {
  const audiences = ['crm'];
  const facts = jwtFacts({ issuer, audiences, jwksUri: 'https://keys' });
  audiences.push('later');
  expect(facts).toEqual({ issuer, audiences: ['crm'], keys: { uri: 'https://keys', inline: undefined }, required: true, exemptPaths: [] });
  expect([jwtFacts({ issuer, required: false }).required, jwtFacts({ issuer }).audiences]).toEqual([false, []]);
});

test('on Linkerd any authenticated caller is one principal, and each identity is listed once', () => {
  const facts = { controlPlaneNamespace: 'linkerd' } as LinkerdFacts;
  expect([identityOf(facts, holderOf(alice)), identityOf(facts, withToken(who('a'), alice))]).toEqual(['*', 'a.n.serviceaccount.identity.linkerd.td']);
  expect(compileCallers(facts, [who('a'), withToken(who('a'), alice), holderOf(gold), holderOf(alice)])).toEqual({ identities: ['*', 'a.n.serviceaccount.identity.linkerd.td'] });
  expect(compileCallers(facts, [])).toEqual({ identities: ['nobody.invalid'] });
});
