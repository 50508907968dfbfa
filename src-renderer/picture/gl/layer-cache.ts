/** A tile as the cache knows it: `version` changes when its bytes do. */
export interface CachedTile {
  readonly key: string;
  readonly version: number;
}

interface Layer {
  key: string;
  version: number;
  usedAt: number;
}

/** Which tile is in which layer of the texture array; the layer used longest ago gives way. */
export class LayerCache {
  private readonly layers: Layer[] = [];
  private readonly byKey = new Map<string, number>();
  private clock = 0;

  constructor(private readonly capacity: number) {}

  /** The layer of a tile, and whether its bytes must be uploaded first. */
  place(tile: CachedTile): { readonly layer: number; readonly upload: boolean } {
    this.clock++;
    const known = this.byKey.get(tile.key);
    if (known !== undefined) {
      const layer = this.layers[known];
      const upload = layer.version !== tile.version;
      layer.version = tile.version;
      layer.usedAt = this.clock;
      return { layer: known, upload };
    }
    const at = this.layers.length < this.capacity ? this.layers.length : this.oldest();
    if (this.layers[at]) this.byKey.delete(this.layers[at].key);
    this.layers[at] = { key: tile.key, version: tile.version, usedAt: this.clock };
    this.byKey.set(tile.key, at);
    return { layer: at, upload: true };
  }

  clear(): void {
    this.layers.length = 0;
    this.byKey.clear();
  }

  private oldest(): number {
    let best = 0;
    for (let i = 1; i < this.layers.length; i++) {
      if (this.layers[i].usedAt < this.layers[best].usedAt) best = i;
    }
    return best;
  }
}
