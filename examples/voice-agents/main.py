from cdk8s import App, Chart
from cdk8s_agent_mesh import Agent, AgentMesh, InferenceGateway, McpServer, McpToolBoundary, MeshProvider, Port, Workload

app = App()
chart = Chart(app, "voice-agents")

# The mesh denies every call until you grant it: enrolled namespaces, STRICT mTLS, default deny at every layer.
mesh = AgentMesh(chart, "mesh", namespace="voice", mesh=MeshProvider.istio_ambient())

# One agent, one identity, two versions.
assistant = Agent(
    mesh,
    "assistant",
    versions={
        "v1": Workload.deploy(image="registry.example.com/assistant:1.4.2", ports=[Port.http(8000)], replicas=3, health_path="/health"),
        "v2": Workload.deploy(image="registry.example.com/assistant:2.0.0", ports=[Port.http(8000)], replicas=3, health_path="/health"),
    },
)

# The edge gateway: HTTPS, then an InferencePool for each version. Its endpoint picker prefers pods that hold the prompt prefix in their KV cache.
gateway = InferenceGateway(mesh, "voice-gw", hostnames=["voice.example.com"], tls={"secret_name": "voice-tls"})
gateway.add_canary(
    "chat",
    stable=gateway.add_pool("assistant-v1", workload=assistant.version("v1")),
    canary=gateway.add_pool("assistant-v2", workload=assistant.version("v2")),
    percent=5,  # plus every request with the header "x-canary: true"
)

# A boundary: an MCP server, its tools, and who may call which. Only the assistant can call it, and only at /mcp.
# `tools` are the names by which `grant_tools` grants single tools. Here every tool is granted.
crm = McpToolBoundary(
    mesh,
    "crm",
    server=McpServer.of(Workload.deploy(image="registry.example.com/crm-mcp:0.9.1", ports=[Port.http(8080)]), tools=["find_customer", "refund"]),
)
crm.grant_all_tools(assistant)

app.synth()
print(mesh.describe_access())
