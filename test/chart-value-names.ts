/**
 * Names of the values of the charts `llm-d-router-gateway` and `llm-d-router-standalone` (llm-d-router v0.10.0, config/charts): of every value with a
 * default in a `values.yaml`, and of every other value that a template reads. Each line has the path of an object and the names in it.
 */
const NAMES = `
httpRoute: baseModel create headerMatches inferenceGatewayName inferenceGatewayNamespace requestTimeout
provider.gke.preferredBackends: balancingMode capacityScalerPercent defaultReplicas enabled maxRatePerEndpoint preferredReplicas
provider.istio.destinationRule: host trafficPolicy
provider: name
router: clusterDomain extraServicePorts metricsPort
router.epp: affinity env extProcPort extraContainerPorts flags grpcHealthPort parsers pluginsConfigFile pluginsCustomConfig podAnnotations replicas tolerations volumeMounts volumes
router.epp.image: pullPolicy registry repository tag
router.epp.metricsDataSource: insecureSkipVerify path scheme
router.epp.resources.limits: memory
router.epp.resources.requests: cpu memory
router.inferenceObjectives[]: name priority
router.inferencePool: create failureMode
router.latencyPredictor: enabled
router.latencyPredictor.eppEnv: LATENCY_COALESCE_WINDOW_MS LATENCY_MAX_CONCURRENT_DISPATCHES LATENCY_MAX_SAMPLE_SIZE
router.latencyPredictor.predictionServers.config: LATENCY_MODEL_TYPE LATENCY_OBJECTIVE_TYPE LOCAL_TPOT_MODEL_PATH LOCAL_TPOT_SCALER_PATH LOCAL_TTFT_MODEL_PATH LOCAL_TTFT_SCALER_PATH MODEL_SYNC_INTERVAL_SEC OMP_NUM_THREADS PREDICT_HOST UVICORN_WORKERS
router.latencyPredictor.predictionServers: count startPort volumeSize
router.latencyPredictor.predictionServers.image: pullPolicy registry repository tag
router.latencyPredictor.predictionServers.livenessProbe: failureThreshold initialDelaySeconds periodSeconds timeoutSeconds
router.latencyPredictor.predictionServers.livenessProbe.httpGet: path
router.latencyPredictor.predictionServers.readinessProbe: failureThreshold initialDelaySeconds periodSeconds timeoutSeconds
router.latencyPredictor.predictionServers.readinessProbe.httpGet: path
router.latencyPredictor.predictionServers.resources.limits: cpu memory
router.latencyPredictor.predictionServers.resources.requests: cpu memory
router.latencyPredictor.trainingServer.config: LATENCY_MAX_TRAINING_DATA_SIZE_PER_BUCKET LATENCY_MIN_SAMPLES_FOR_RETRAIN LATENCY_MODEL_TYPE LATENCY_OBJECTIVE_TYPE LATENCY_RETRAINING_INTERVAL_SEC LATENCY_TPOT_MODEL_PATH LATENCY_TPOT_SCALER_PATH LATENCY_TTFT_MODEL_PATH LATENCY_TTFT_SCALER_PATH
router.latencyPredictor.trainingServer.image: pullPolicy registry repository tag
router.latencyPredictor.trainingServer.livenessProbe.httpGet: path port
router.latencyPredictor.trainingServer.livenessProbe: initialDelaySeconds periodSeconds
router.latencyPredictor.trainingServer: port volumeSize
router.latencyPredictor.trainingServer.readinessProbe.httpGet: path port
router.latencyPredictor.trainingServer.readinessProbe: initialDelaySeconds periodSeconds
router.latencyPredictor.trainingServer.resources.limits: cpu memory
router.latencyPredictor.trainingServer.resources.requests: cpu memory
router.modelServers: matchLabels protocol targetPortNumber targetPorts type
router.monitoring: interval
router.monitoring.prometheus.auth: enabled secretName
router.monitoring.prometheus: enabled extraLabels
router.monitoring.provider.gmp: autopilot
router.monitoring.provider: name
router.proxy: args command configMap enabled env failOpen image imagePullPolicy livenessProbe mode name ports proxyType readinessProbe replicas securityContext startupProbe volumeMounts volumes
router.proxy.presets.agentgateway: args image name ports
router.proxy.presets.agentgateway.configMap: name
router.proxy.presets.agentgateway.readinessProbe: failureThreshold periodSeconds successThreshold timeoutSeconds
router.proxy.presets.agentgateway.readinessProbe.httpGet: path port scheme
router.proxy.presets.agentgateway.startupProbe: failureThreshold periodSeconds successThreshold timeoutSeconds
router.proxy.presets.agentgateway.startupProbe.httpGet: path port scheme
router.proxy.presets.envoy: args command env image name ports volumeMounts volumes
router.proxy.presets.envoy.configMap: data name
router.proxy.presets.envoy.readinessProbe: failureThreshold periodSeconds successThreshold timeoutSeconds
router.proxy.presets.envoy.readinessProbe.httpGet: path port scheme
router.proxy.resources.limits: memory
router.proxy.resources.requests: cpu memory
router.tokenizer: args command enabled env extraArgs initContainers modelName port volumeMounts volumes
router.tokenizer.image: pullPolicy registry repository tag
router.tokenizer.readinessProbe: failureThreshold initialDelaySeconds periodSeconds timeoutSeconds
router.tokenizer.readinessProbe.httpGet: path port
router.tokenizer.resources.requests: cpu memory
router.tracing: enabled otelExporterEndpoint
router.tracing.sampling: sampler samplerArg
`;

/** The full names, such as `router.epp.replicas`. */
export const CHART_VALUES: readonly string[] = NAMES.trim().split('\n').flatMap((line) => {
  const [path, names] = line.split(': ');
  return names.split(' ').map((name) => `${path}.${name}`);
});
