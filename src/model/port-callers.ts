import { Callers } from './callers';

/** Callers with grants for single ports of the pods, in addition to the callers of the Service. All versions of an agent share them. */
export class PortCallers {
  private readonly byPort = new Map<number, Callers>();

  /** Returns the callers of a port. */
  public at(port: number): Callers {
    const known = this.byPort.get(port) ?? new Callers();
    this.byPort.set(port, known);
    return known;
  }

  /** Ports with callers, in ascending order. */
  public get all(): readonly PortGrant[] {
    return [...this.byPort].filter(([, callers]) => !callers.isEmpty).map(([port, callers]) => ({ port, callers })).sort((a, b) => a.port - b.port);
  }
}

/** A port of the pods with the callers that were granted it. */
export interface PortGrant {
  readonly port: number;
  readonly callers: Callers;
}
