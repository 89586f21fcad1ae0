/** The steps of a program that is made to show one part of the public API: those of the first pattern that its name matches. */
const LEADING: readonly (readonly [RegExp, readonly string[]])[] = [
  [/ClusterLink|federated|clusterName/, ['clusterLink', 'agent']],
  [/^GuardrailPhase|^McpGuardrail|\.guardrails/, ['agent', 'boundary']],
  [/McpAccessPolicy/, ['boundary', 'grantItems', 'accessPolicy']],
  [/Waypoint|waypoint/, ['waypoint', 'existingWaypoint', 'bind', 'agent', 'boundary']],
  [/^(new |External)?Mcp|grant(Tool|Prompt|Resource|AllTools)|TokenCaller/, ['agent', 'boundary', 'grantItems', 'reading', 'decision']],
  [/Pool|Picker|ModelServer|^FailureMode/, ['gateway', 'pool', 'reading']],
  [/Canary/, ['agent', 'gateway', 'agent', 'gatewayCanary', 'meshCanary', 'reading']],
  [/Route/, ['agent', 'gateway', 'route', 'reading']],
  [/Gateway|Tls/, ['gateway', 'existingGateway', 'reading']],
  [/MeshEgress|^ExternalHostOptions/, ['meshEgress']],
  [/^Call\.|Identity/, ['agent', 'agent', 'grantCall', 'decision', 'reading']],
  [/./, ['agent', 'addVersion', 'grantCall', 'acknowledge', 'reading']],
];

export function stepsTo(sought: string): readonly string[] {
  return LEADING.find(([pattern]) => pattern.test(sought))![1];
}

/** What else a program has to use, so that the part that is sought can be shown. */
const BEFORE: readonly (readonly [sought: RegExp, use: RegExp])[] = [
  [/^McpIdentityProvider/, /^McpOAuth\.identityProvider$/],
  [/^McpOAuth|^McpIdentityProvider|\.oauth$/, /^McpToolBoundaryProps\.(oauth|jwt)$/],
  [/^FailureMode/, /^InferencePool(Options|Props)\.failureMode$/],
  [/^McpSessionRouting/, /^McpToolBoundaryProps\.sessionRouting$/],
  [/^McpPrefix/, /^McpToolBoundaryProps\.prefix$/],
  [/^GuardrailPhase|^McpGuardrail/, /^McpToolBoundaryProps\.guardrails$/],
  [/^Mcp(OAuth|IdentityProvider|SessionRouting|Prefix|Guardrail)|^GuardrailPhase|McpToolBoundaryProps\.(oauth|failureMode|sessionRouting|prefix|guardrails)|grant(Prompts|Resources)/, /^McpProvider\.agentgateway$/],
  [/^ExternalMcpServer/, /^McpServer\.external$|^McpProvider\.agentgateway$/],
  [/^McpServerOptions/, /^McpServer\.of$/],
  [/^TransportProtocol/, /^MediaPort#protocol$/],
  [/^PortProtocol/, /^Port#protocol$/],
  [/messagesPath/, /^McpTransport\.SSE$/],
  [/grantPrompts/, /\.prompts$/],
  [/grantResources/, /\.resources$/],
  [/^ModelServer/, /^DeployPickerOptions\.modelServer$/],
  [/^ModelServer|PickerOptions|EndpointPicker/, /^InferencePool(Options|Props)\.picker$/],
];

export function leadsTo(use: string, sought: string): boolean {
  return BEFORE.some(([pattern, before]) => pattern.test(sought) && before.test(use));
}
