// What a browser is told about everything that the gateway itself serves: run only our own files,
// talk only to us and to the provider where people sign in, and never inside somebody else's page.
import type { FastifyReply, FastifyRequest } from 'fastify';

/** `provider` is the origin of the identity provider, where there is one. */
export function addSecurityHeaders(
  request: FastifyRequest,
  reply: FastifyReply,
  provider: string | undefined,
): void {
  reply.headers({
    'content-security-policy': contentPolicy(request.headers.host, provider),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  if (request.headers['x-forwarded-proto'] === 'https') {
    reply.header('strict-transport-security', 'max-age=31536000');
  }
}

/** Not every browser takes 'self' to mean our WebSockets as well, so they are named. */
function contentPolicy(host: string | undefined, provider: string | undefined): string {
  const isPlain = host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host);
  const sockets = isPlain ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${sockets}${provider === undefined ? '' : ` ${provider}`}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}
