import { ApiObject } from 'cdk8s';
import { TreeManifest, TreeObject } from './tree-object';

interface Item extends TreeManifest {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Returns the objects that kubectl applies for an ApiObject: the object itself, or for a List each of its items. */
export function treeObjectsOf(object: ApiObject): TreeObject[] {
  const one = new TreeObject(object);
  if (one.isOurs || !mayBeList(object)) return [one];
  const items = itemsOf(one.manifest);
  return items ? items.flatMap((item) => listed(object, item)) : [one];
}

/**
 * Returns whether an object may be a List. kubectl treats every object with `items` as a List. A patched object may have got `items`, which
 * only rendering shows.
 */
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
  const items = itemsOf(item); // lists may contain lists
  return items ? items.flatMap((one) => listed(object, one)) : [new ListedObject(object, item)];
}

function isItem(item: unknown): item is Item {
  const { apiVersion, kind } = (item ?? {}) as Partial<Item>;
  return typeof apiVersion === 'string' && typeof kind === 'string';
}

/** An item of a List. Problems of the item have the path of the List. */
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
