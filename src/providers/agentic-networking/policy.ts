import { Construct } from 'constructs';
import {
  XAccessPolicy, XAccessPolicySpec, XAccessPolicySpecAction, XAccessPolicySpecRules,
  XAccessPolicySpecRulesAuthorizationMcpMcpBaseProtocolMethodsOption as BaseMethods, XAccessPolicySpecRulesAuthorizationMcpMethods,
  XAccessPolicySpecRulesAuthorizationMcpMethodsName, XAccessPolicySpecRulesAuthorizationType, XAccessPolicySpecRulesSourceType,
} from '../../../imports/agentic.networking.x-k8s.io';
import { Caller } from '../../model/callers';
import { Item, ITEM_KINDS, ITEM_METHODS } from '../../model/item-grants';
import { ToolServerNode } from '../../model/tool-server';
import { emit } from '../emit';

const GROUP = 'agentic.networking.x-k8s.io';

/** The same grants as one XAccessPolicy of a backend. */
export function emitAccessPolicy(scope: Construct, server: ToolServerNode, name: string, backendName: string): void {
  emit(scope, 'Resource', XAccessPolicy, { name, namespace: server.endpoint.namespace }, { spec: () => compileAccessPolicy(server, backendName) });
}

export function compileAccessPolicy(server: ToolServerNode, backendName: string): XAccessPolicySpec {
  return {
    action: XAccessPolicySpecAction.ALLOW,
    targetRefs: [{ group: GROUP, kind: 'XBackend', name: backendName }],
    rules: server.endpoint.callers.all.map((caller) => compileRule(server, caller)),
  };
}

/** Policies of one target are merged by the names of their rules: the boundary stands in each. */
export function ruleName({ name }: ToolServerNode, { principal: { namespace, serviceAccount } }: Caller): string {
  return `${name}.${namespace}.${serviceAccount}`;
}

function compileRule(server: ToolServerNode, caller: Caller): XAccessPolicySpecRules {
  const { namespace, serviceAccount } = caller.principal;
  const items = itemsOf(server, caller);
  return {
    name: ruleName(server, caller),
    source: { type: XAccessPolicySpecRulesSourceType.SERVICE_ACCOUNT, serviceAccount: { name: serviceAccount, namespace } },
    authorization: {
      type: XAccessPolicySpecRulesAuthorizationType.INLINE,
      mcp: {
        // Without it, methods that are not named are denied, and with them every session.
        mcpBaseProtocolMethodsOption: BaseMethods.MATCH_UNDERSCORE_BASE_UNDERSCORE_PROTOCOL_UNDERSCORE_METHODS,
        methods: items === 'everything' ? everyMethod() : methodsOf(items),
      },
    },
  };
}

/** What a caller was granted by name, or everything. */
export function itemsOf({ endpoint: { items } }: ToolServerNode, { principal }: Caller): readonly Item[] | 'everything' {
  return items?.heldBy(principal) ?? 'everything';
}

function methodsOf(items: readonly Item[]): XAccessPolicySpecRulesAuthorizationMcpMethods[] {
  return ITEM_KINDS.flatMap((kind) => {
    const params = items.filter((item) => item.kind === kind).map(({ origin }) => origin.name).sort();
    if (params.length === 0) return [];
    const { use, list } = ITEM_METHODS[kind];
    return [{ name: methodName(use), params }, ...list.map((name) => ({ name: methodName(name) }))];
  });
}

/** By kind, without names: all of it. */
function everyMethod(): XAccessPolicySpecRulesAuthorizationMcpMethods[] {
  return ITEM_KINDS.map((kind) => ({ name: methodName(`${kind}s`) }));
}

function methodName(name: string): XAccessPolicySpecRulesAuthorizationMcpMethodsName {
  return name as XAccessPolicySpecRulesAuthorizationMcpMethodsName;
}
