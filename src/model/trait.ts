/** Attaches internal data to an object under a symbol, so that it is not part of the public API. */
export class Trait<T> {
  private readonly key: symbol;

  public constructor(private readonly what: string) {
    this.key = Symbol(what);
  }

  public give(object: object, facts: T): void {
    (object as Record<symbol, T>)[this.key] = facts;
  }

  public find(object: object): T | undefined {
    return (object as Record<symbol, T | undefined>)[this.key];
  }

  /** @throws if the object was not created by this copy of the library */
  public of(object: object): T {
    const facts = this.find(object);
    if (facts === undefined) {
      throw new Error(`the object is not ${this.what} created by this copy of cdk8s-agent-mesh; create it with the class of that name, `
        + 'and check that the package is installed only once (npm ls cdk8s-agent-mesh)');
    }
    return facts;
  }
}
