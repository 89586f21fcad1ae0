/** What the library knows of an object without showing it in the public API: a property under a symbol of its own. */
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

  /** @throws where the object was not made by this copy of the library */
  public of(object: object): T {
    const facts = this.find(object);
    if (facts === undefined) {
      throw new Error(`this is not ${this.what} of this copy of cdk8s-agent-mesh; make one by the class of that name, and if you did, `
        + 'check that the package is installed only once (npm ls cdk8s-agent-mesh)');
    }
    return facts;
  }
}
