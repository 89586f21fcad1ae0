import { Construct } from 'constructs';
import { compileFloor, meshAdmissions } from './floor';
import { emitNamespace } from './namespace';
import { emitWaypoint, mayBeRead, waypointLabels } from './waypoint';
import { AuthorizationPolicy } from '../../../imports/security.istio.io';
import { Admission } from '../../model/admission';
import { Capability, Refusal } from '../../model/capability';
import { MeshModel, NamespaceNode } from '../../model/mesh';
import { RequestRule } from '../../model/request-rule';
import { ServiceNode } from '../../model/service';
import { WaypointNode } from '../../model/waypoint';
import { WorkloadNode } from '../../model/workload';
import { GatewayEnrolment, MeshBackend } from '../backend';
import { emit } from '../emit';
import { allowRequests } from '../shared/istio-authorization';
import { LABELS, serviceRef } from '../shared/istio-targets';
import { emitDeployment, emitServiceAccount } from '../workload/deployment';
import { emitService } from '../workload/service';

/** Istio's ambient mode: ztunnel proves identity and guards connections, waypoints read requests. */
export class IstioAmbient implements MeshBackend {
  public readonly label = 'MeshProvider.istioAmbient';

  /**
   * An enrolled gateway that does not send HBONE itself: ztunnel encrypts what it sends, under its identity, and its
   * picker's choice of a pod is a plain address that Envoy finds among its endpoints. Either half alone fails without
   * any bad status: enrolled only, every pick is replaced by round robin; sending off only, mTLS refuses everything.
   */
  public readonly enrolment: GatewayEnrolment = {
    labels: { [LABELS.dataplaneMode]: 'ambient' },
    environment: { ISTIO_META_DISABLE_HBONE_SEND: 'true' },
  };

  public refuses(capability: Capability): Refusal | undefined {
    return capability === 'tool'
      ? { reason: 'a waypoint reads paths and methods, not the MCP messages in the body', instead: 'a gateway provider that reads MCP (agentgateway)' }
      : undefined;
  }

  public establish(scope: Construct, namespace: NamespaceNode): void {
    emitNamespace(scope, namespace);
  }

  public identify(scope: Construct, account: { readonly serviceAccount: string; readonly namespace: string }): void {
    emitServiceAccount(scope, account);
  }

  public deploy(scope: Construct, workload: WorkloadNode): void {
    emitDeployment(scope, workload);
  }

  public offer(scope: Construct, model: MeshModel, workload: WorkloadNode, service: ServiceNode): void {
    const labels = waypointLabels(service, model.namespaces.get(service.namespace), () => model.routesOf(workload).length > 0);
    emitService(scope, workload, service, labels);
  }

  public protect(scope: Construct, id: string, model: MeshModel, workload: WorkloadNode, admissions: () => readonly Admission[]): void {
    emit(scope, id, AuthorizationPolicy, { name: `${workload.name}-floor`, namespace: workload.namespace }, {
      spec: () => compileFloor(model, workload, admissions()),
    });
  }

  public admissions(model: MeshModel, workload: WorkloadNode): readonly Admission[] {
    return meshAdmissions(model, workload);
  }

  public openWaypoint(scope: Construct, waypoint: WaypointNode, namespaces: () => readonly string[]): void {
    emitWaypoint(scope, waypoint, namespaces);
  }

  public mayBeRead(namespace: NamespaceNode | undefined): boolean {
    return mayBeRead(namespace);
  }

  /** Class `istio-waypoint` names everything like the Gateway (Istio 1.30, deployment controller). */
  public waypointServiceAccount(name: string): string {
    return name;
  }

  public guard(scope: Construct, id: string, service: ServiceNode, model: MeshModel, rule: () => RequestRule): void {
    emit(scope, id, AuthorizationPolicy, { name: service.name, namespace: service.namespace }, {
      spec: () => allowRequests(model, [serviceRef(service.name)], rule()),
    });
  }
}
