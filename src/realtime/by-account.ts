// A map by tenant and account. One map a tenant, because a key joined of both would be a new string to
// hash for every update that arrives.

export class ByAccount<T> {
  readonly #tenants = new Map<string, Map<string, T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(tenant: string, accountId: string): T | undefined {
    return this.#tenants.get(tenant)?.get(accountId);
  }

  set(tenant: string, accountId: string, value: T): void {
    let accounts = this.#tenants.get(tenant);
    if (accounts === undefined) this.#tenants.set(tenant, (accounts = new Map()));
    this.#size -= accounts.size;
    accounts.set(accountId, value);
    this.#size += accounts.size;
  }

  delete(tenant: string, accountId: string): void {
    const accounts = this.#tenants.get(tenant);
    if (accounts?.delete(accountId) !== true) return;
    this.#size -= 1;
    if (accounts.size === 0) this.#tenants.delete(tenant);
  }

  *values(): Generator<T> {
    for (const accounts of this.#tenants.values()) yield* accounts.values();
  }
}
