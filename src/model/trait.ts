/** Attaches internal data to an object under a symbol, so that it is not part of the public API. */
export class Trait<T> {
  private readonly key: symbol;
  private ofFrozen?: WeakMap<object, T>;

  public constructor(private readonly what: string) {
    this.key = Symbol(what);
  }

  public give(object: object, facts: T): void {
    const holder = object as Record<symbol, { facts: T } | undefined>;
    const known = holder[this.key];
    if (Object.isExtensible(object)) holder[this.key] = { facts };
    else if (known) known.facts = facts; // the program froze the object after it got the facts
    else (this.ofFrozen ??= new WeakMap()).set(object, facts);
  }

  public find(object: object): T | undefined {
    const known = (object as Record<symbol, { readonly facts: T } | undefined>)[this.key];
    return known ? known.facts : this.ofFrozen?.get(object);
  }

  /** @throws if the object was not created by this copy of the library */
  public of(object: object): T {
    const facts = this.find(object);
    if (facts === undefined) {
      throw new Error(`the object is not ${this.what} that this copy of cdk8s-agent-mesh created; create it with the class of that name, `
        + 'and check that the package is installed only once (npm ls cdk8s-agent-mesh)');
    }
    return facts;
  }
}
