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

/** Emits the grants of a server as one XAccessPolicy of a backend. */
export function emitAccessPolicy(scope: Construct, server: ToolServerNode, name: string, backendName: string): void {
  emit(scope, 'access-policy', XAccessPolicy, { name, namespace: server.endpoint.namespace }, { spec: () => compileAccessPolicy(server, backendName) });
}

export function compileAccessPolicy(server: ToolServerNode, backendName: string): XAccessPolicySpec {
  return {
    action: XAccessPolicySpecAction.ALLOW,
    targetRefs: [{ group: GROUP, kind: 'XBackend', name: backendName }],
    rules: server.endpoint.callers.all.map((caller) => compileRule(server, caller)),
  };
}

/** Returns the name of a rule. Policies of one target are merged by rule name, so the name contains the boundary. */
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
        // Without this option, the methods of the MCP base protocol are denied, so that no session can start.
        mcpBaseProtocolMethodsOption: BaseMethods.MATCH_UNDERSCORE_BASE_UNDERSCORE_PROTOCOL_UNDERSCORE_METHODS,
        methods: items === 'everything' ? everyMethod() : methodsOf(items),
      },
    },
  };
}

/** Returns the items that a caller was granted by name, or everything. */
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

/** Returns each kind without names, which allows all items of the kind. */
function everyMethod(): XAccessPolicySpecRulesAuthorizationMcpMethods[] {
  return ITEM_KINDS.map((kind) => ({ name: methodName(`${kind}s`) }));
}

function methodName(name: string): XAccessPolicySpecRulesAuthorizationMcpMethodsName {
  return name as XAccessPolicySpecRulesAuthorizationMcpMethodsName;
}
