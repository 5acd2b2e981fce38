// Which web origins may call: exact origins, or every port of a host ("http://localhost:*").

export function originAllowed(origin: string, allowed: readonly string[]): boolean {
  return allowed.some((rule) => {
    if (!rule.endsWith(':*')) return rule === origin;
    const host = rule.slice(0, -2);
    return (
      origin === host ||
      (origin.startsWith(`${host}:`) && /^\d+$/.test(origin.slice(host.length + 1)))
    );
  });
}

export const localOrigins = ['http://localhost:*', 'http://127.0.0.1:*'] as const;
