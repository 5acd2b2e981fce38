// Which web origins may call: exact origins, or every port of a host ("http://localhost:*").
import { SettingError } from './settings.ts';

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

/** A rule that no browser's origin can match is a mistake. @throws SettingError naming it. */
export function requireOrigins(rules: readonly string[]): readonly string[] {
  const wrong = rules.find((rule) => !/^[a-z][a-z0-9+.-]*:\/\/[^\s/*?#@]+(:\*)?$/.test(rule));
  if (wrong === undefined) return rules;
  throw new SettingError(
    `CORS_ORIGINS: "${wrong}" is no origin; write https://app.example, or http://localhost:* for every port`,
  );
}
