// What a browser is told about everything that the gateway itself serves: run only our own files,
// talk only to us, and never inside somebody else's page.
import type { FastifyReply, FastifyRequest } from 'fastify';

export function addSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'content-security-policy': contentPolicy(request.headers.host),
    'cross-origin-opener-policy': 'same-origin',
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
function contentPolicy(host: string | undefined): string {
  const isPlain = host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host);
  const sockets = isPlain ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${sockets}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}
