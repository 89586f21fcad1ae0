/** What the library knows of a public object without showing it in the public API. */
export class Trait<T> {
  private readonly known = new WeakMap<object, T>();

  public constructor(private readonly what: string) {}

  public give(object: object, facts: T): void {
    this.known.set(object, facts);
  }

  public find(object: object): T | undefined {
    return this.known.get(object);
  }

  /** @throws where the object was not made by this copy of the library */
  public of(object: object): T {
    const facts = this.known.get(object);
    if (facts === undefined) {
      throw new Error(`this is not ${this.what} of this copy of cdk8s-agent-mesh; check that the package is installed only once (npm ls cdk8s-agent-mesh)`);
    }
    return facts;
  }
}
