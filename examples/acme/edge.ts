// The gateways, behind network load balancers of AWS.
import { InferenceGatewayProps, TlsTermination } from 'cdk8s-agent-mesh';

// In production the load balancer terminates TLS with a certificate of ACM, in staging the gateway does it with a Secret.
export const edge: Omit<InferenceGatewayProps, 'hostnames'> = process.env.STAGE === 'staging' ? {
  tls: { secretName: 'acme-tls' },
} : {
  tlsTermination: TlsTermination.LOAD_BALANCER,
  loadBalancerClass: 'service.k8s.aws/nlb',
  infrastructureAnnotations: {
    'service.beta.kubernetes.io/aws-load-balancer-ssl-cert': 'arn:aws:acm:eu-west-1:111122223333:certificate/example',
    'service.beta.kubernetes.io/aws-load-balancer-ssl-ports': '443',
    'service.beta.kubernetes.io/aws-load-balancer-alpn-policy': 'HTTP2Preferred', // gRPC
  },
};

// Clients need a token of the company. Callers inside the mesh call an agent by its Service, and need none.
export const jwt = {
  issuer: 'https://login.acme.example', audiences: ['agents'], jwksUri: 'https://login.acme.example/keys', claimHeaders: { 'x-user': 'sub' },
};
