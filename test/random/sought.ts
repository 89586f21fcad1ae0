/** The steps of a program that is made to show one part of the public API: those of the first pattern that its name matches. */
const LEADING: readonly (readonly [RegExp, readonly string[]])[] = [
  [/Backend|^ConnectionPool/, ['backend']],
  [/ClusterLink|federated|clusterName/, ['clusterLink', 'agent']],
  [/^GuardrailPhase|^McpGuardrail|\.guardrails/, ['agent', 'boundary']],
  [/McpAccessPolicy/, ['boundary', 'grantItems', 'accessPolicy']],
  [/Waypoint|waypoint/, ['waypoint', 'existingWaypoint', 'bind', 'agent', 'boundary']],
  [/^ExternalMcpServerOptions\.servesOAuthMetadata/, ['boundary', 'reading']], // callers without `egress` could pass by it
  [/^(new |External)?Mcp|grant(Tool|Prompt|Resource|AllTools)|TokenCaller/, ['agent', 'boundary', 'grantItems', 'reading', 'decision']],
  [/Objective/, ['gateway', 'pool', 'objective']],
  [/ModelRewrite/, ['gateway', 'pool', 'modelRewrite']],
  [/grantInfer/, ['gateway', 'pool', 'grantInfer']],
  [/Pool|Picker|ModelServer|^FailureMode|^AvailabilityMode|^ImagePullPolicy|^(Agents|LoadOnly|LoraAffinity|OptimizedBaseline|PayloadAgnostic|PrecisePrefix|PrefillDecode|SessionAffinity|TieredCache)Options|^PrefixScorerWeights|^PrefillServers|^RoutingSidecar/, ['gateway', 'pool', 'reading']],
  [/Canary/, ['agent', 'gateway', 'agent', 'gatewayCanary', 'reading']],
  [/Route/, ['agent', 'gateway', 'route', 'reading']],
  [/Gateway|Tls/, ['gateway', 'existingGateway', 'reading']],
  [/MeshEgress|^ExternalHostOptions\.port/, ['meshEgress']],
  [/^Call\.|Identity/, ['agent', 'agent', 'grantCall', 'decision', 'reading']],
  [/./, ['agent', 'grantCall', 'acknowledge', 'reading']],
];

export function stepsTo(sought: string): readonly string[] {
  return LEADING.find(([pattern]) => pattern.test(sought))![1];
}

/** What else a program has to use, so that the part that is sought can be shown. */
const BEFORE: readonly (readonly [sought: RegExp, use: RegExp])[] = [
  [/^InferenceObjective/, /^(new InferenceObjective|InferenceGatewayProps\.jwt)$/],
  [/Route(Options|Props)\.callers$/, /^InferenceGatewayProps\.jwt$/],
  [/^McpIdentityProvider/, /^McpOAuth\.identityProvider$/],
  [/^McpOAuth|^McpIdentityProvider|\.oauth$/, /^McpToolBoundaryProps\.(oauth|jwt)$/],
  [/^ConstructWorkloadOptions/, /^Workload\.fromConstruct$/],
  [/^WorkloadProbe/, /^DeployWorkloadOptions\.livenessProbe$/],
  [/^TopologySpread|^WhenUnsatisfiable/, /^DeployWorkloadOptions\.topologySpreadConstraints$|^TopologySpreadConstraint\.whenUnsatisfiable$/],
  [/^Toleration|^TaintEffect/, /^DeployWorkloadOptions\.tolerations$/],
  [/Affinity/, /^DeployWorkloadOptions\.affinity$/],
  [/^AffinityOptions/, /^Affinity\.nodes$/],
  [/^PodAffinityOptions/, /^Affinity\.pods$/],
  [/^Volume|^EmptyDir/, /^DeployWorkloadOptions\.volumes$/],
  [/^VolumeOptions/, /^Volume\.persistentVolumeClaim$/],
  [/^EmptyDirOptions/, /^Volume\.emptyDir$/],
  [/^PodDisruptionBudget/, /^DeployWorkloadOptions\.podDisruptionBudget$/],
  [/^HorizontalPodAutoscaler/, /^DeployWorkloadOptions\.horizontalPodAutoscaler$/],
  [/^InferenceRoute(Options|Props)\.callers$/, /^InferenceGatewayProps\.jwt$/],
  [/^FailureMode/, /^InferencePool(Options|Props)\.failureMode$/],
  [/^McpSessionRouting/, /^McpToolBoundaryProps\.sessionRouting$/],
  [/^McpPrefix/, /^McpToolBoundaryProps\.prefix$/],
  [/^GuardrailPhase|^McpGuardrail/, /^McpToolBoundaryProps\.guardrails$/],
  [/^Mcp(OAuth|IdentityProvider|SessionRouting|Prefix|Guardrail)|^GuardrailPhase|McpToolBoundaryProps\.(oauth|failureMode|sessionRouting|prefix|guardrails)|grant(Prompts|Resources)/, /^McpProvider\.agentgateway$/],
  [/^ExternalMcpServerOptions\.(?!servesOAuthMetadata)/, /^McpServer\.external$|^McpProvider\.agentgateway$/],
  [/^ExternalMcpServerOptions\.servesOAuthMetadata/, /^McpServer\.external$/],
  [/^McpServerOptions/, /^McpServer\.of$/],
  [/^ConnectionPool/, /\.connectionPool$/],
  [/^UnauthenticatedPort/, /WorkloadOptions\.unauthenticatedPorts$/],
  [/^TransportProtocol/, /^MediaPort#protocol$/],
  [/^PortProtocol/, /^Port#protocol$/],
  [/^ExternalHostProtocol/, /^ExternalHost#protocol$/],
  [/^ExternalHost(\.|Address|Options\.cidrs)/, /^WorkloadEgress\.hosts$|WorkloadOptions\.egress$/],
  [/^ExternalNetwork/, /^WorkloadEgress\.networks$|WorkloadOptions\.egress$/],
  [/messagesPath/, /^McpTransport\.SSE$/],
  [/grantPrompts/, /\.prompts$/],
  [/grantResources/, /\.resources$/],
  [/^ModelServer/, /^DeployPickerOptions\.modelServer$/],
  [/^AvailabilityMode/, /^DeployPickerOptions\.availability$/],
  [/^ImagePullPolicy/, /^DeployPickerOptions\.imagePullPolicy$/],
  [/^PickerRelease/, /^DeployPickerOptions\.release$/],
  [/^PickerTracing/, /^DeployPickerOptions\.tracing$/],
  ...['agents', 'loadOnly', 'loraAffinity', 'optimizedBaseline', 'payloadAgnostic', 'precisePrefix', 'sessionAffinity', 'tieredCache'].map((preset) => [
    new RegExp(`^${preset}Options`, 'i'), new RegExp(`^EndpointPickerConfig\\.${preset}$`),
  ] as const),
  [/^PrefillDecodeOptions/, /^EndpointPickerConfig\.prefillDecode$/],
  [/^PrefillServers|^RoutingSidecar|prefillDecode$|^PrefillDecode/, /^(InferencePool(Options|Props)|ExistingPoolProps)\.prefill$/],
  [/^RoutingSidecar/, /^PrefillServers\.routingSidecar$/],
  [/^PrefixScorerWeights/, /^EndpointPickerConfig\.approximatePrefix$/],
  [/^PrecisePrefixOptions|precisePrefix$/, /^Port\.tcp$/],
  [/^CustomPickerConfig|^Picker(Plugin|Profile|Data|Flow|Priority)/, /^EndpointPickerConfig\.custom$/],
  [/^PickerData/, /^CustomPickerConfigOptions\.dataLayer$/], [/^PickerDataSource/, /^PickerDataLayer\.sources$/],
  [/^Picker(Flow|Priority)/, /^CustomPickerConfigOptions\.flowControl$/], [/^PickerPriorityBand/, /^PickerFlowControl\.(defaultPriorityBand|priorityBands)$/],
  [/^EndpointPickerConfig|PickerConfigOptions|^Picker(?!Release|Tracing|Pod)|^(Agents|LoadOnly|LoraAffinity|OptimizedBaseline|PayloadAgnostic|PrecisePrefix|SessionAffinity|TieredCache)Options|^PrefixScorerWeights/, /^DeployPickerOptions\.config$/],
  [/^ModelServer|^AvailabilityMode|^ImagePullPolicy|Picker|^(Agents|LoadOnly|LoraAffinity|OptimizedBaseline|PayloadAgnostic|PrecisePrefix|SessionAffinity|TieredCache)Options|^PrefixScorerWeights/, /^InferencePool(Options|Props)\.picker$/],
];

export function leadsTo(use: string, sought: string): boolean {
  return BEFORE.some(([pattern, before]) => pattern.test(sought) && before.test(use));
}
