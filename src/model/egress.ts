import { Located } from './problem';

/** Hosts outside the cluster that the workloads of one namespace may call, over TLS and by these names. */
export interface EgressNode {
  readonly origin: Located;
  readonly name: string;
  readonly namespace: string;
  readonly hostnames: readonly string[];
  readonly port: number;
}
