import { ApiObject } from 'cdk8s';
import { TreeManifest, TreeObject } from './tree-object';

interface Item extends TreeManifest {
  readonly apiVersion: string;
  readonly kind: string;
}

/** An object, or in place of a list what is in it: kubectl applies every item of a list as an object of its own. */
export function treeObjectsOf(object: ApiObject): TreeObject[] {
  const one = new TreeObject(object);
  if (one.isOurs || !mayBeList(object)) return [one];
  const items = itemsOf(one.manifest);
  return items ? items.flatMap((item) => listed(object, item)) : [one];
}

/** Whatever has items is a list to kubectl; of objects that a patch may have given some, only the kind is known without rendering them. */
function mayBeList(object: ApiObject): boolean {
  const { props } = object as unknown as { readonly props?: object };
  return object.kind.endsWith('List') || (props !== undefined && 'items' in props);
}

function itemsOf(manifest: TreeManifest): readonly unknown[] | undefined {
  const { items } = manifest as { readonly items?: unknown };
  return Array.isArray(items) ? items : undefined;
}

function listed(object: ApiObject, item: unknown): TreeObject[] {
  if (!isItem(item)) return [];
  const items = itemsOf(item); // lists may be in lists
  return items ? items.flatMap((one) => listed(object, one)) : [new ListedObject(object, item)];
}

function isItem(item: unknown): item is Item {
  const { apiVersion, kind } = (item ?? {}) as Partial<Item>;
  return typeof apiVersion === 'string' && typeof kind === 'string';
}

/** An item of a list; the list is where the user finds it. */
class ListedObject extends TreeObject {
  public constructor(list: ApiObject, private readonly item: Item) {
    super(list);
  }

  public override get kind(): string {
    return this.item.kind;
  }

  public override get group(): string {
    const [group, version] = this.item.apiVersion.split('/');
    return version === undefined ? 'core' : group;
  }

  public override get name(): string {
    const { name } = this.item.metadata ?? {};
    return typeof name === 'string' ? name : '';
  }

  protected override get statedNamespace(): string {
    const { namespace } = this.item.metadata ?? {};
    return typeof namespace === 'string' ? namespace : '';
  }

  public override get manifest(): TreeManifest {
    return this.item;
  }
}
