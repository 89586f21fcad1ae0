import { MeshBackend } from './backend';
import { IstioAmbient } from './istio-ambient';
import { Trait } from '../model/trait';
import { IstioRelease } from '../values/releases';

/** Options of `MeshProvider.istioAmbient`. */
export interface IstioAmbientOptions {
  /**
   * Release of Istio on the cluster; features that it lacks are refused.
   *
   * @default IstioRelease.V1_30
   */
  readonly release?: IstioRelease;
}

/** Who proves identity and guards connections. */
export class MeshProvider {
  /** Istio's ambient mode: ztunnel for identity and connections, waypoints for requests (Istio 1.30, ambient). */
  public static istioAmbient(options: IstioAmbientOptions = {}): MeshProvider {
    const provider = new MeshProvider('MeshProvider.istioAmbient');
    meshProviderFacts.give(provider, { backend: new IstioAmbient(), istioRelease: options.release ?? IstioRelease.V1_30 });
    return provider;
  }

  private constructor(
    /** As in a program. */
    public readonly label: string,
  ) {}
}

export interface MeshProviderFacts {
  readonly backend: MeshBackend;
  readonly istioRelease: IstioRelease;
}

export const meshProviderFacts = new Trait<MeshProviderFacts>('a MeshProvider');
